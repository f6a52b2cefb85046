#ifndef CALSA_H
#define CALSA_H

#include <alsa/asoundlib.h>

static void calsa_ignore(const char *file, int line, const char *function, int err, const char *format, ...) {}

/// The library writes to stderr by itself; its error codes say the same. Swift cannot make a variadic handler.
static inline void calsa_silence(void) {
    snd_lib_error_set_handler(calsa_ignore);
}

#endif
