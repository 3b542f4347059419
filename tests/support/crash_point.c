// Preloaded into the server by `crash_point.py`: kills it at the n-th fsync or the n-th packet, and remembers what a
// disk would still have after a power cut.
//
// CRASH_CONTROL names a file with `struct control`, which the test maps too. What it counts down to zero kills the
// process before the call takes effect.
//
// With CRASH_SHADOW (and CRASH_FOLDER, the folder that the power cut concerns) there is in that folder afterwards:
//   <inode>.<birth>     the content of a file at its last fsync
//   names<path>         the names in a directory at its last fsync, with the files that they meant; / in it is |
// Content that was never synced, and names that no fsync of their directory has seen, are not there: they are what a
// power cut may take. What was there when the first process started counts as synced.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
  atomic_int syncs_left, packets_left;  // at 1 the next one kills
  atomic_int syncs, packets;            // so many there were
};
static struct control* control;
static const char *folder, *shadow;  // NULL: no power cuts
static pthread_mutex_t copying = PTHREAD_MUTEX_INITIALIZER;

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

static void count(atomic_int* number, atomic_int* left) {
  if (control == NULL) return;
  atomic_fetch_add(number, 1);
  if (atomic_fetch_sub(left, 1) == 1) kill(getpid(), SIGKILL);
}

// --- What is on the disk ---

static int name_of(int directory, const char* path, int flags, char* name, size_t size) {
  struct statx s;
  if (statx(directory, path, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME | STATX_TYPE, &s) != 0) return -1;
  // Numbers of inodes are used again; together with the birth they are not.
  snprintf(name, size, "%llu.%lld%09u", (unsigned long long)s.stx_ino, (long long)s.stx_btime.tv_sec,
           s.stx_btime.tv_nsec);
  return S_ISDIR(s.stx_mode) ? 1 : S_ISREG(s.stx_mode) ? 0 : -1;
}

static void shadow_path(char* path, size_t size, const char* prefix, const char* name) {
  const int start = snprintf(path, size, "%s/%s", shadow, prefix);
  snprintf(path + start, size - (size_t)start, "%s", name);
  for (char* c = path + start; *c != '\0'; ++c)
    if (*c == '/') *c = '|';
}

// What was written into a file since it was copied, so that a growing log is not copied whole each time. A file that is
// not in here, or was changed otherwise than by pwrite, is.
static struct {
  ino_t inode;
  off_t from, to;
} copied[64];

static int find_copied(int file) {
  struct stat s;
  if (fstat(file, &s) != 0 || !S_ISREG(s.st_mode)) return -1;
  for (int i = 0; i < 64; ++i)
    if (copied[i].inode == s.st_ino) return i;
  return -1;
}
static void note_write(int file, off_t from, off_t to) {
  if (shadow == NULL) return;
  pthread_mutex_lock(&copying);
  const int known = find_copied(file);
  if (known >= 0 && from > to) copied[known].inode = 0;
  if (known >= 0 && copied[known].from > from) copied[known].from = from;
  if (known >= 0 && copied[known].to < to) copied[known].to = to;
  pthread_mutex_unlock(&copying);
}

// A kill in the middle leaves a part of it, as a power cut in the middle of an fsync may.
static void keep_file(int file, const char* name) {
  static char block[1 << 20];
  static int next;
  char path[4096];
  struct stat s;
  int known = find_copied(file);
  off_t at = known < 0 ? 0 : copied[known].from;
  const off_t end = known < 0 ? INT64_MAX : copied[known].to;
  shadow_path(path, sizeof path, "", name);
  const int to = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  while (at < end) {
    const off_t most = end - at < (off_t)sizeof block ? end - at : (off_t)sizeof block;
    const ssize_t got = pread(file, block, (size_t)most, at);
    if (got <= 0) break;
    if (REAL(ssize_t (*)(int, const void*, size_t, off_t), "pwrite")(to, block, (size_t)got, at) != got) abort();
    at += got;
  }
  if (fstat(file, &s) != 0 || ftruncate(to, s.st_size) != 0) abort();
  close(to);
  if (known < 0) known = next++ % 64;
  copied[known].inode = s.st_ino;
  copied[known].from = INT64_MAX;
  copied[known].to = 0;
}

static void keep_names(const char* path) {
  char temporary[4096], list[4096], name[64], line[512];
  DIR* directory = opendir(path);
  if (directory == NULL) return;
  snprintf(temporary, sizeof temporary, "%s/new", shadow);
  const int to = open(temporary, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    const int kind = name_of(dirfd(directory), entry->d_name, 0, name, sizeof name);
    if (kind < 0 || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    const int size = snprintf(line, sizeof line, "%s %s\n", kind == 1 ? "/" : name, entry->d_name);
    if (REAL(ssize_t (*)(int, const void*, size_t), "write")(to, line, (size_t)size) != size) abort();
  }
  closedir(directory);
  close(to);
  shadow_path(list, sizeof list, "names", path + strlen(folder));
  rename(temporary, list);
}

static void keep(int fd) {
  char link[64], path[4096], name[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (shadow == NULL || length <= 0) return;
  path[length] = '\0';
  if (strncmp(path, folder, strlen(folder)) != 0) return;
  const int kind = name_of(fd, "", AT_EMPTY_PATH, name, sizeof name);
  pthread_mutex_lock(&copying);
  if (kind == 1) keep_names(path);
  if (kind == 0) {
    const int readable = open(link, O_RDONLY | O_CLOEXEC);  // SQLite's own may be for writing only
    keep_file(readable, name);
    close(readable);
  }
  pthread_mutex_unlock(&copying);
}

static void keep_all(const char* path) {
  char below[4096], name[64];
  DIR* directory = opendir(path);
  if (directory == NULL) return;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    const int kind = name_of(AT_FDCWD, below, 0, name, sizeof name);
    if (kind == 1) keep_all(below);
    const int file = kind == 0 ? open(below, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) continue;
    keep_file(file, name);
    close(file);
  }
  closedir(directory);
  keep_names(path);
}

__attribute__((constructor)) static void begin(void) {
  const int file = open(getenv("CRASH_CONTROL"), O_RDWR | O_CLOEXEC);
  void* page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) abort();
  control = page;
  folder = getenv("CRASH_FOLDER");
  shadow = getenv("CRASH_SHADOW");
  char root[4096];
  if (shadow == NULL) return;
  shadow_path(root, sizeof root, "names", "");
  if (access(root, F_OK) != 0) keep_all(folder);
}

// --- The calls ---

int fsync(int fd) {
  count(&control->syncs, &control->syncs_left);
  const int result = REAL(int (*)(int), "fsync")(fd);
  if (result == 0) keep(fd);
  return result;
}
int fdatasync(int fd) {
  count(&control->syncs, &control->syncs_left);
  const int result = REAL(int (*)(int), "fdatasync")(fd);
  if (result == 0) keep(fd);
  return result;
}

// Media is not counted: fifty packets a second would hide the steps of a call (RTP and RTCP begin with the bits 10).
static void count_packet(const void* bytes, size_t size) {
  if (size > 0 && (*(const unsigned char*)bytes & 0xc0) == 0x80) return;
  count(&control->packets, &control->packets_left);
}
static void count_pieces(const struct iovec* pieces, size_t number) {
  if (number > 0) count_packet(pieces[0].iov_base, pieces[0].iov_len);
}
static int is_socket(int fd) {
  int type;
  socklen_t size = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  count_packet(bytes, size);
  return REAL(ssize_t (*)(int, const void*, size_t, int), "send")(fd, bytes, size, flags);
}
ssize_t sendto(int fd, const void* bytes, size_t size, int flags, const struct sockaddr* to, socklen_t length) {
  count_packet(bytes, size);
  return REAL(ssize_t (*)(int, const void*, size_t, int, const struct sockaddr*, socklen_t), "sendto")(
      fd, bytes, size, flags, to, length);
}
ssize_t sendmsg(int fd, const struct msghdr* message, int flags) {
  count_pieces(message->msg_iov, message->msg_iovlen);
  return REAL(ssize_t (*)(int, const struct msghdr*, int), "sendmsg")(fd, message, flags);
}
int sendmmsg(int fd, struct mmsghdr* messages, unsigned number, int flags) {
  for (unsigned i = 0; i < number; ++i)
    count_pieces(messages[i].msg_hdr.msg_iov, messages[i].msg_hdr.msg_iovlen);
  return REAL(int (*)(int, struct mmsghdr*, unsigned, int), "sendmmsg")(fd, messages, number, flags);
}
ssize_t write(int fd, const void* bytes, size_t size) {
  if (is_socket(fd)) count_packet(bytes, size);
  note_write(fd, 1, 0);
  return REAL(ssize_t (*)(int, const void*, size_t), "write")(fd, bytes, size);
}
ssize_t writev(int fd, const struct iovec* pieces, int number) {
  if (is_socket(fd)) count_pieces(pieces, (size_t)number);
  note_write(fd, 1, 0);
  return REAL(ssize_t (*)(int, const struct iovec*, int), "writev")(fd, pieces, number);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  const ssize_t written = REAL(ssize_t (*)(int, const void*, size_t, off_t), "pwrite")(fd, bytes, size, at);
  if (written > 0) note_write(fd, at, at + written);
  return written;
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  const ssize_t written = REAL(ssize_t (*)(int, const void*, size_t, off64_t), "pwrite64")(fd, bytes, size, at);
  if (written > 0) note_write(fd, at, at + written);
  return written;
}
