#pragma once

#include <libudev.h>
#include <linux/serial.h>
