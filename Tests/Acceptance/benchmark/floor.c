/* The floor of the benchmark: what no dialler can beat. One TLS read makes one tty write, and the other way round; it
   knows neither WebSocket nor AT, and does not look at what it reads.

   floor HOST PORT TTY */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static const char line[] = "ATD5550101;\r";
/* As long as a call-status-update in a masked frame. */
static const char frame[] =
    "\x81\xe0....{\"type\":\"call-status-update\",\"payload\":{\"callActive\":true,\"outbound\":true,\"callerId\":\"5550101\"}}";

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int open_tty(const char *path)
{
    struct termios settings;
    int tty = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (tty < 0 || tcgetattr(tty, &settings) != 0)
        fail(path);
    cfmakeraw(&settings);
    if (tcsetattr(tty, TCSANOW, &settings) != 0)
        fail(path);
    return tty;
}

static SSL *connect_tls(const char *host, int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, host, &address.sin_addr);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    SSL *tls = SSL_new(SSL_CTX_new(TLS_client_method()));
    SSL_set_fd(tls, connection);
    if (SSL_connect(tls) != 1)
        fail("TLS");
    return tls;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    char bytes[4096];
    int tty = open_tty(argv[3]);
    SSL *tls = connect_tls(argv[1], atoi(argv[2]));
    struct pollfd sources[] = {{.fd = SSL_get_fd(tls), .events = POLLIN}, {.fd = tty, .events = POLLIN}};
    while (poll(sources, 2, -1) > 0) {
        if (sources[0].revents) {
            if (SSL_read(tls, bytes, sizeof bytes) <= 0)
                return 0;
            if (write(tty, line, sizeof line - 1) < 0)
                fail("write");
        }
        if (sources[1].revents) {
            if (read(tty, bytes, sizeof bytes) <= 0)
                return 0;
            if (SSL_write(tls, frame, sizeof frame - 1) <= 0)
                return 0;
        }
    }
    return 1;
}
