/* Makes system calls of a process fail, one at a time: preloaded, and steered by a file that the test maps too.

   FAULT_CONTROL names the file, which holds one `struct control`. While it is armed, the calls in `calls` are counted, in
   the order in which the process makes them; number `at` fails, and so do the `times - 1` of the same kind after it.
   Calls that the runtime makes for itself (libdispatch, libc, libswiftCore …) are neither counted nor touched. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum call {
    CALL_OPEN, CALL_READ, CALL_WRITE, CALL_WRITEV, CALL_PREAD, CALL_IOCTL, CALL_FCNTL, CALL_TCSETATTR, CALL_TCGETATTR,
    CALL_TCFLUSH, CALL_ISATTY, CALL_FLOCK, CALL_FSTAT, CALL_STAT, CALL_ACCESS, CALL_FSYNC, CALL_FTRUNCATE, CALL_UNLINK,
    CALL_RENAME, CALL_CHMOD, CALL_MKDIR, CALL_OPENDIR, CALL_SOCKET, CALL_BIND, CALL_LISTEN, CALL_ACCEPT, CALL_CONNECT,
    CALL_RECV, CALL_SEND, CALL_SHUTDOWN, CALL_GETSOCKOPT, CALL_SETSOCKOPT, CALL_SOCKNAME, CALL_EPOLL_CTL,
    CALL_EPOLL_WAIT, CALL_EVENTFD, CALL_TIMERFD, CALL_GETADDRINFO, CALL_COUNT
};

enum kind { HARD, INTERRUPTED, PARTIAL, AGAIN };

struct control {
    _Atomic uint32_t armed;
    uint32_t kind;
    uint32_t at;
    uint32_t times;
    uint64_t calls;
    int32_t error; /* of a HARD fault; 0: what the call is likely to fail with */
    _Atomic uint32_t counted;
    _Atomic uint32_t injected;
    _Atomic int32_t failed; /* the call that failed last, -1: none */
    _Atomic int64_t clock_offset; /* nanoseconds that CLOCK_REALTIME is off by */
    _Atomic uint32_t made[64];    /* how often each call was counted */
    uint32_t rate;                /* how fast time goes by for the process; 0 and 1: as for everybody */
    uint32_t unused;
};

static struct control *control;

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("FAULT_CONTROL");
    int descriptor = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (mapped != MAP_FAILED) control = mapped;
}

static const int likely[CALL_COUNT] = {
    [CALL_OPEN] = EMFILE, [CALL_READ] = EIO, [CALL_WRITE] = ENOSPC, [CALL_WRITEV] = EPIPE, [CALL_PREAD] = EIO,
    [CALL_IOCTL] = EIO, [CALL_FCNTL] = EMFILE, [CALL_TCSETATTR] = EIO, [CALL_TCGETATTR] = EIO, [CALL_TCFLUSH] = EIO,
    [CALL_ISATTY] = EIO, [CALL_FLOCK] = ENOLCK, [CALL_FSTAT] = EIO, [CALL_STAT] = EIO, [CALL_ACCESS] = EIO,
    [CALL_FSYNC] = EIO, [CALL_FTRUNCATE] = EIO, [CALL_UNLINK] = EROFS, [CALL_RENAME] = EROFS, [CALL_CHMOD] = EROFS,
    [CALL_MKDIR] = ENOSPC, [CALL_OPENDIR] = EMFILE, [CALL_SOCKET] = EMFILE, [CALL_BIND] = EADDRINUSE,
    [CALL_LISTEN] = EADDRINUSE, [CALL_ACCEPT] = EMFILE, [CALL_CONNECT] = ENETUNREACH, [CALL_RECV] = ECONNRESET,
    [CALL_SEND] = EPIPE, [CALL_SHUTDOWN] = ENOTCONN, [CALL_GETSOCKOPT] = ENOBUFS, [CALL_SETSOCKOPT] = ENOBUFS,
    [CALL_SOCKNAME] = ENOBUFS, [CALL_EPOLL_CTL] = ENOSPC, [CALL_EPOLL_WAIT] = EINTR, [CALL_EVENTFD] = EAGAIN,
    [CALL_TIMERFD] = EMFILE, [CALL_GETADDRINFO] = ENOMEM,
};

static int is_runtime(const void *caller) {
    static const char *const others[] = {"libdispatch", "/libc.so", "ld-linux", "libswiftCore", "libswift_Concurrency",
                                         "libstdc++", "libssl", "libcrypto", "libfaults"};
    Dl_info info;
    if (!dladdr(caller, &info) || !info.dli_fname) return 1;
    for (size_t index = 0; index < sizeof others / sizeof *others; index++)
        if (strstr(info.dli_fname, others[index])) return 1;
    return 0;
}

/* An event loop's own descriptors (eventfd, timerfd): they are no part of the world that can fail. */
static int is_own(int fd) {
    struct stat status;
    return syscall(SYS_fstat, fd, &status) == 0 && (status.st_mode & S_IFMT) == 0;
}

/* 0: leave the call alone; otherwise the errno to fail with, or -1 for half a job. */
static int fault(enum call call, int fd, const void *caller) {
    struct control *c = control;
    if (!c || !atomic_load(&c->armed) || !(c->calls >> call & 1)) return 0;
    int saved = errno;
    int other = is_runtime(caller) || (fd >= 0 && is_own(fd));
    errno = saved;
    if (other) return 0;
    if (atomic_load(&c->injected) > 0) {
        if (atomic_load(&c->failed) != (int)call || atomic_load(&c->injected) >= c->times) return 0;
    } else {
        atomic_fetch_add(&c->made[call], 1);
        if (atomic_fetch_add(&c->counted, 1) + 1 != c->at) return 0;
        atomic_store(&c->failed, (int)call);
    }
    atomic_fetch_add(&c->injected, 1);
    switch (c->kind) {
    case INTERRUPTED: return EINTR;
    case AGAIN: return EAGAIN;
    case PARTIAL: return -1;
    default: return c->error ? c->error : likely[call];
    }
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Fails as told, or does the real thing. */
#define WRAP(type, name, call, parameters, arguments)                              \
    type name parameters {                                                         \
        static __typeof__(&name) original;                                         \
        if (!original) original = REAL(name);                                      \
        int error = fault(call, -1, __builtin_return_address(0));                      \
        if (error > 0) return errno = error, (type)-1;                             \
        return original arguments;                                                 \
    }

/* Of what is asked for, half a job does the first byte. */
#define WRAP_BYTES(name, call, parameters, arguments, size)                        \
    ssize_t name parameters {                                                      \
        static __typeof__(&name) original;                                         \
        if (!original) original = REAL(name);                                      \
        int error = fault(call, fd, __builtin_return_address(0));                  \
        if (error > 0) return errno = error, -1;                                   \
        if (error < 0 && size > 1) size = 1;                                       \
        return original arguments;                                                 \
    }

WRAP_BYTES(read, CALL_READ, (int fd, void *data, size_t size), (fd, data, size), size)
WRAP_BYTES(write, CALL_WRITE, (int fd, const void *data, size_t size), (fd, data, size), size)
WRAP_BYTES(pread, CALL_PREAD, (int fd, void *data, size_t size, off_t offset), (fd, data, size, offset), size)
WRAP_BYTES(recv, CALL_RECV, (int fd, void *data, size_t size, int flags), (fd, data, size, flags), size)
WRAP_BYTES(send, CALL_SEND, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags), size)
WRAP_BYTES(sendto, CALL_SEND, (int fd, const void *data, size_t size, int flags, __CONST_SOCKADDR_ARG to, socklen_t length),
           (fd, data, size, flags, to, length), size)

ssize_t writev(int fd, const struct iovec *vectors, int count) {
    static __typeof__(&writev) original;
    if (!original) original = REAL(writev);
    int error = fault(CALL_WRITEV, fd, __builtin_return_address(0));
    if (error > 0) return errno = error, -1;
    if (error < 0 && count > 0 && vectors[0].iov_len > 0) return write(fd, vectors[0].iov_base, 1);
    return original(fd, vectors, count);
}

WRAP(ssize_t, recvmsg, CALL_RECV, (int fd, struct msghdr *message, int flags), (fd, message, flags))
WRAP(ssize_t, sendmsg, CALL_SEND, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
WRAP(int, tcsetattr, CALL_TCSETATTR, (int fd, int when, const struct termios *settings), (fd, when, settings))
WRAP(int, tcgetattr, CALL_TCGETATTR, (int fd, struct termios *settings), (fd, settings))
WRAP(int, tcflush, CALL_TCFLUSH, (int fd, int queue), (fd, queue))
WRAP(int, flock, CALL_FLOCK, (int fd, int operation), (fd, operation))
WRAP(int, fstat, CALL_FSTAT, (int fd, struct stat *status), (fd, status))
WRAP(int, stat, CALL_STAT, (const char *path, struct stat *status), (path, status))
WRAP(int, access, CALL_ACCESS, (const char *path, int mode), (path, mode))
WRAP(int, fsync, CALL_FSYNC, (int fd), (fd))
WRAP(int, ftruncate, CALL_FTRUNCATE, (int fd, off_t size), (fd, size))
WRAP(int, unlink, CALL_UNLINK, (const char *path), (path))
WRAP(int, rename, CALL_RENAME, (const char *from, const char *to), (from, to))
WRAP(int, chmod, CALL_CHMOD, (const char *path, mode_t mode), (path, mode))
WRAP(int, fchmod, CALL_CHMOD, (int fd, mode_t mode), (fd, mode))
WRAP(int, mkdir, CALL_MKDIR, (const char *path, mode_t mode), (path, mode))
WRAP(int, socket, CALL_SOCKET, (int domain, int type, int protocol), (domain, type, protocol))
WRAP(int, bind, CALL_BIND, (int fd, __CONST_SOCKADDR_ARG address, socklen_t length), (fd, address, length))
WRAP(int, listen, CALL_LISTEN, (int fd, int backlog), (fd, backlog))
WRAP(int, accept, CALL_ACCEPT, (int fd, __SOCKADDR_ARG address, socklen_t *length), (fd, address, length))
WRAP(int, accept4, CALL_ACCEPT, (int fd, __SOCKADDR_ARG address, socklen_t *length, int flags), (fd, address, length, flags))
WRAP(int, connect, CALL_CONNECT, (int fd, __CONST_SOCKADDR_ARG address, socklen_t length), (fd, address, length))
WRAP(int, shutdown, CALL_SHUTDOWN, (int fd, int how), (fd, how))
WRAP(int, getsockopt, CALL_GETSOCKOPT, (int fd, int level, int name, void *value, socklen_t *length),
     (fd, level, name, value, length))
WRAP(int, setsockopt, CALL_SETSOCKOPT, (int fd, int level, int name, const void *value, socklen_t length),
     (fd, level, name, value, length))
WRAP(int, getsockname, CALL_SOCKNAME, (int fd, __SOCKADDR_ARG address, socklen_t *length), (fd, address, length))
WRAP(int, getpeername, CALL_SOCKNAME, (int fd, __SOCKADDR_ARG address, socklen_t *length), (fd, address, length))
WRAP(int, epoll_create, CALL_EPOLL_CTL, (int size), (size))
WRAP(int, epoll_wait, CALL_EPOLL_WAIT, (int epfd, struct epoll_event *events, int count, int timeout),
     (epfd, events, count, timeout))
WRAP(int, eventfd, CALL_EVENTFD, (unsigned int value, int flags), (value, flags))
WRAP(int, eventfd_write, CALL_EVENTFD, (int fd, eventfd_t value), (fd, value))
WRAP(int, eventfd_read, CALL_EVENTFD, (int fd, eventfd_t *value), (fd, value))
WRAP(int, timerfd_create, CALL_TIMERFD, (clockid_t clock, int flags), (clock, flags))

/* The kernel refuses to watch one descriptor more; what it watches it goes on with, whatever is changed. */
int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event) {
    static __typeof__(&epoll_ctl) original;
    if (!original) original = REAL(epoll_ctl);
    int error = operation == EPOLL_CTL_ADD ? fault(CALL_EPOLL_CTL, fd, __builtin_return_address(0)) : 0;
    return error > 0 ? (errno = error, -1) : original(epfd, operation, fd, event);
}

int isatty(int fd) {
    int error = fault(CALL_ISATTY, -1, __builtin_return_address(0));
    return error > 0 ? (errno = error, 0) : REAL(isatty)(fd);
}

DIR *opendir(const char *path) {
    int error = fault(CALL_OPENDIR, -1, __builtin_return_address(0));
    return error > 0 ? (errno = error, NULL) : REAL(opendir)(path);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    return fault(CALL_GETADDRINFO, -1, __builtin_return_address(0)) ? EAI_AGAIN : REAL(getaddrinfo)(node, service, hints, found);
}

/* The optional argument is passed on whether it is there or not, as the kernel's own entry would take it. */
static long third(va_list *list) { return va_arg(*list, long); }
#define WRAP_OPTIONAL(name, call, parameters, last, ...)                           \
    int name parameters {                                                          \
        va_list list;                                                              \
        va_start(list, last);                                                      \
        long optional = third(&list);                                              \
        va_end(list);                                                              \
        int error = fault(call, -1, __builtin_return_address(0));                      \
        if (error > 0) return errno = error, -1;                                   \
        return REAL(name)(__VA_ARGS__, optional);                                  \
    }

WRAP_OPTIONAL(open, CALL_OPEN, (const char *path, int flags, ...), flags, path, flags)
WRAP_OPTIONAL(open64, CALL_OPEN, (const char *path, int flags, ...), flags, path, flags)
WRAP_OPTIONAL(openat, CALL_OPEN, (int directory, const char *path, int flags, ...), flags, directory, path, flags)
WRAP_OPTIONAL(ioctl, CALL_IOCTL, (int fd, unsigned long request, ...), request, fd, request)
WRAP_OPTIONAL(fcntl, CALL_FCNTL, (int fd, int command, ...), command, fd, command)
WRAP_OPTIONAL(fcntl64, CALL_FCNTL, (int fd, int command, ...), command, fd, command)

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * 1000000000LL + time->tv_nsec; }
static struct timespec timespec_of(int64_t moment) {
    return (struct timespec){.tv_sec = moment / 1000000000LL, .tv_nsec = moment % 1000000000LL};
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static __typeof__(&clock_gettime) original;
    static _Atomic int64_t bases[16];
    if (!original) original = REAL(clock_gettime);
    int result = original(clock, time);
    if (result != 0 || !control) return result;
    int64_t offset = atomic_load(&control->clock_offset);
    if (clock == CLOCK_REALTIME && offset) *time = timespec_of(nanoseconds(time) + offset);
    if (control->rate > 1 && (clock == CLOCK_MONOTONIC || clock == CLOCK_BOOTTIME)) {
        int64_t now = nanoseconds(time), none = 0;
        atomic_compare_exchange_strong(&bases[clock], &none, now);
        *time = timespec_of(bases[clock] + (now - bases[clock]) * control->rate);
    }
    return 0;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old) {
    struct itimerspec sooner = *new;
    if (control && control->rate > 1 && flags == 0) {
        int64_t wait = nanoseconds(&new->it_value);
        sooner.it_value = timespec_of(wait > 0 && wait < control->rate ? 1 : wait / control->rate);
    }
    return REAL(timerfd_settime)(fd, flags, &sooner, old);
}
