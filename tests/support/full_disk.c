// Preloaded into the server: while the file that FULL_DISK_SWITCH names exists, nothing more can be written to
// files below FULL_DISK_FOLDER, as on a disk without room.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_full(int fd) {
  const char* folder = getenv("FULL_DISK_FOLDER");
  const char* lever = getenv("FULL_DISK_SWITCH");
  char link[64], path[4096];
  if (folder == NULL || lever == NULL || access(lever, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return strncmp(path, folder, strlen(folder)) == 0;
}

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))
#define REFUSE(fd) if (is_full(fd)) { errno = ENOSPC; return -1; }

ssize_t write(int fd, const void* bytes, size_t count) {
  REFUSE(fd)
  return REAL(ssize_t (*)(int, const void*, size_t), "write")(fd, bytes, count);
}
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  REFUSE(fd)
  return REAL(ssize_t (*)(int, const void*, size_t, off_t), "pwrite")(fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  REFUSE(fd)
  return REAL(ssize_t (*)(int, const void*, size_t, off64_t), "pwrite64")(fd, bytes, count, offset);
}
