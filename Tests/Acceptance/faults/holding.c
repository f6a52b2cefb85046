/* Holds a process's calls on a terminal, as the kernel does for a device whose firmware died, or its fsync, as it does for a
   disk that does not answer: preloaded, and steered by a file that the test maps too.

   HOLD_CONTROL names the file, which holds one `struct control`. A call in `held` on a terminal comes back when its bit is
   gone. CALL_CONFIGURATION is the opening of a file whose name ends in .conf. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum call { CALL_OPEN, CALL_TCSETATTR, CALL_TCGETATTR, CALL_IOCTL, CALL_TCFLUSH, CALL_CLOSE, CALL_FSYNC, CALL_CONFIGURATION };

struct control {
    _Atomic uint32_t held;
    _Atomic uint32_t caught; /* the calls that were held, ever */
    _Atomic uint32_t waiting;
};

static struct control *control;

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("HOLD_CONTROL");
    int descriptor = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    syscall(SYS_close, descriptor);
    if (mapped != MAP_FAILED) control = mapped;
}

/* A pseudo-terminal's side for programs: majors 136 to 143 (admin-guide/devices.txt). */
static int is_terminal(const struct stat *status) {
    return S_ISCHR(status->st_mode) && major(status->st_rdev) >= 136 && major(status->st_rdev) <= 143;
}

static void hold(enum call call) {
    uint32_t bit = 1u << call;
    if (!(atomic_load(&control->held) & bit)) return;
    atomic_fetch_or(&control->caught, bit);
    atomic_fetch_add(&control->waiting, 1);
    while (atomic_load(&control->held) & bit) nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    atomic_fetch_sub(&control->waiting, 1);
}

static void hold_descriptor(enum call call, int fd) {
    struct stat status;
    if (!control || !atomic_load(&control->held)) return;
    if (syscall(SYS_fstat, fd, &status) == 0 && is_terminal(&status)) hold(call);
}

static void hold_path(const char *path) {
    struct stat status;
    if (!control || !atomic_load(&control->held)) return;
    size_t length = strlen(path);
    if (length >= 5 && strcmp(path + length - 5, ".conf") == 0) hold(CALL_CONFIGURATION);
    if (syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0 && is_terminal(&status)) hold(CALL_OPEN);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int tcsetattr(int fd, int when, const struct termios *settings) {
    hold_descriptor(CALL_TCSETATTR, fd);
    return REAL(tcsetattr)(fd, when, settings);
}

int tcgetattr(int fd, struct termios *settings) {
    hold_descriptor(CALL_TCGETATTR, fd);
    return REAL(tcgetattr)(fd, settings);
}

int tcflush(int fd, int queue) {
    hold_descriptor(CALL_TCFLUSH, fd);
    return REAL(tcflush)(fd, queue);
}

int close(int fd) {
    hold_descriptor(CALL_CLOSE, fd);
    return (int)syscall(SYS_close, fd);
}

int fsync(int fd) {
    if (control) hold(CALL_FSYNC);
    return (int)syscall(SYS_fsync, fd);
}

int ioctl(int fd, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    long argument = va_arg(list, long);
    va_end(list);
    hold_descriptor(CALL_IOCTL, fd);
    return REAL(ioctl)(fd, request, argument);
}

#define WRAP_OPEN(name)                                \
    int name(const char *path, int flags, ...) {       \
        va_list list;                                  \
        va_start(list, flags);                         \
        long mode = va_arg(list, long);                \
        va_end(list);                                  \
        hold_path(path);                               \
        return REAL(name)(path, flags, mode);          \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
