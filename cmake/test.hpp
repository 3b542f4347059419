#pragma once
#include "std.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
