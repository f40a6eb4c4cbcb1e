/*
 * Journals what a process does to the files below a folder, so that a power cut can be made of it afterwards.
 *
 *   LD_PRELOAD=recorder.so CAAS_RECORD_ROOT=/data CAAS_RECORD_JOURNAL=/journal program
 *
 * A record is written after the call that it describes has returned, so that the journal never says more than happened; a
 * sync has two, one before the call and one after it: what was journalled before the first is durable at the second. Each
 * record is one writev on an O_APPEND descriptor, which the kernel keeps whole and in order, also beside other processes
 * that append to the same file. Memory maps are not seen: the product maps only SQLite's -shm files, which a power cut
 * drops.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATED = 1, WRITTEN, SYNC_BEGAN, SYNC_ENDED, TRUNCATED, RENAMED, UNLINKED, MADE_FOLDER };

struct head {
    uint32_t magic, operation, thread, path_length, data_length, spare;
    uint64_t offset;
};

#define FILES 65536
static char *paths[FILES];
static int journal = -1;
static const char *root;
static size_t root_length;

#define REAL(name) ((__typeof__(&name))real(#name, &real_##name))
static void *real(const char *name, void **known) {
    if (!*known) *known = dlsym(RTLD_NEXT, name);
    return *known;
}

__attribute__((constructor)) static void begin(void) {
    root = getenv("CAAS_RECORD_ROOT");
    const char *path = getenv("CAAS_RECORD_JOURNAL");
    if (!root || !path) return;
    root_length = strlen(root);
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    /* Out of the way of whoever counts descriptors. */
    journal = file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, 1000);
    if (file >= 0) syscall(SYS_close, file);
}

/* The path from the root, or null where it is not below it. */
static const char *below(const char *path) {
    if (journal < 0 || !path || strncmp(path, root, root_length) != 0) return NULL;
    if (path[root_length] == 0) return path + root_length;
    return path[root_length] == '/' ? path + root_length + 1 : NULL;
}

static void record(uint32_t operation, const char *path, uint64_t offset, const void *data, size_t length) {
    int before = errno;
    struct head head = { 0x43415253, operation, (uint32_t)syscall(SYS_gettid), (uint32_t)strlen(path), (uint32_t)length, 0, offset };
    struct iovec parts[3] = {
        { &head, sizeof head }, { (void *)path, head.path_length }, { (void *)data, length },
    };
    size_t whole = sizeof head + head.path_length + length;
    if (writev(journal, parts, length ? 3 : 2) != (ssize_t)whole) abort();
    errno = before;
}

static const char *path_of(int file) {
    return file >= 0 && file < FILES ? __atomic_load_n(&paths[file], __ATOMIC_ACQUIRE) : NULL;
}

static void know(int file, const char *path) {
    if (file >= 0 && file < FILES) {
        free(__atomic_exchange_n(&paths[file], path ? strdup(path) : NULL, __ATOMIC_ACQ_REL));
    }
}

static int opened(int file, const char *path, int flags, int existed) {
    if (file < 0) return file;
    const char *name = below(path);
    know(file, name);
    if (name && (flags & O_CREAT) && !existed) record(CREATED, name, 0, NULL, 0);
    if (name && (flags & O_TRUNC) && existed) record(TRUNCATED, name, 0, NULL, 0);
    return file;
}

static int exists(const char *path) {
    return journal < 0 || !below(path) || faccessat(AT_FDCWD, path, F_OK, 0) == 0;
}

#define OPEN(name)                                                                    \
    static void *real_##name;                                                         \
    int name(const char *path, int flags, ...) {                                      \
        va_list list;                                                                 \
        va_start(list, flags);                                                        \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0;   \
        va_end(list);                                                                 \
        int existed = exists(path);                                                   \
        return opened(REAL(name)(path, flags, mode), path, flags, existed);           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                  \
    static void *real_##name;                                                         \
    int name(int folder, const char *path, int flags, ...) {                          \
        va_list list;                                                                 \
        va_start(list, flags);                                                        \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, mode_t) : 0;   \
        va_end(list);                                                                 \
        int existed = exists(path);                                                   \
        return opened(REAL(name)(folder, path, flags, mode), path, flags, existed);   \
    }
OPENAT(openat)
OPENAT(openat64)

static void *real_close;
int close(int file) {
    know(file, NULL);
    return REAL(close)(file);
}

static void *real_write;
ssize_t write(int file, const void *data, size_t length) {
    ssize_t done = REAL(write)(file, data, length);
    const char *path = done > 0 ? path_of(file) : NULL;
    if (path) record(WRITTEN, path, (uint64_t)(lseek(file, 0, SEEK_CUR) - done), data, (size_t)done);
    return done;
}

#define PWRITE(name, type)                                                            \
    static void *real_##name;                                                         \
    ssize_t name(int file, const void *data, size_t length, type offset) {            \
        ssize_t done = REAL(name)(file, data, length, offset);                        \
        const char *path = done > 0 ? path_of(file) : NULL;                           \
        if (path) record(WRITTEN, path, (uint64_t)offset, data, (size_t)done);        \
        return done;                                                                  \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC(name)                                                                    \
    static void *real_##name;                                                         \
    int name(int file) {                                                              \
        const char *path = path_of(file);                                             \
        if (path) record(SYNC_BEGAN, path, 0, NULL, 0);                               \
        int code = REAL(name)(file);                                                  \
        if (path && code == 0) record(SYNC_ENDED, path, 0, NULL, 0);                  \
        return code;                                                                  \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, type)                                                          \
    static void *real_##name;                                                         \
    int name(int file, type length) {                                                 \
        int code = REAL(name)(file, length);                                          \
        const char *path = code == 0 ? path_of(file) : NULL;                          \
        if (path) record(TRUNCATED, path, (uint64_t)length, NULL, 0);                 \
        return code;                                                                  \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

static void *real_rename;
int rename(const char *from, const char *to) {
    int code = REAL(rename)(from, to);
    const char *old = below(from), *new = below(to);
    if (code == 0 && old && new) record(RENAMED, old, 0, new, strlen(new));
    return code;
}

static void *real_unlink;
int unlink(const char *path) {
    int code = REAL(unlink)(path);
    const char *name = below(path);
    if (code == 0 && name) record(UNLINKED, name, 0, NULL, 0);
    return code;
}

static void *real_mkdir;
int mkdir(const char *path, mode_t mode) {
    int code = REAL(mkdir)(path, mode);
    const char *name = below(path);
    if (code == 0 && name && *name) record(MADE_FOLDER, name, 0, NULL, 0);
    return code;
}
