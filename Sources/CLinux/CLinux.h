#pragma once

#include <libudev.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <sys/timex.h>

// Swift does not import macros that compute their value.
static const unsigned long CLINUX_TIOCGEXCL = TIOCGEXCL;
