/* What the outside tells a program, as a test wants it: loaded ahead of the C library (LD_PRELOAD).
 *
 * CAIRN_TEST_CLOCK names a file; the wall clock is wrong by as many seconds as it says, now.
 * CAIRN_TEST_DISK names a folder; while a file `ballast` lies in it, no file in it can grow. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long wrong_by_seconds(void)
{
    int before = errno;
    char text[32] = "";
    const char *path = getenv("CAIRN_TEST_CLOCK");
    if (path == NULL)
        return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || syscall(SYS_read, file, text, sizeof text - 1) < 0)
        abort();
    close(file);
    errno = before;
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int) syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += wrong_by_seconds();
    return result;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec precise;
    (void) zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0)
        return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

/* Whether a file would grow to `end`, or from its end by any byte where `end` is -1, and may not. */
static int disk_is_full(int file, off_t end)
{
    int before = errno;
    const char *disk = getenv("CAIRN_TEST_DISK");
    char link[64], name[PATH_MAX] = "", ballast[PATH_MAX];
    struct stat found;
    if (disk == NULL)
        return 0;
    snprintf(ballast, sizeof ballast, "%s/ballast", disk);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int full = access(ballast, F_OK) == 0 && fstat(file, &found) == 0 && S_ISREG(found.st_mode)
        && readlink(link, name, sizeof name - 1) > 0 && strncmp(name, disk, strlen(disk)) == 0
        && (end < 0 ? lseek(file, 0, SEEK_CUR) >= found.st_size : end > found.st_size);
    errno = full ? ENOSPC : before;
    return full;
}

ssize_t write(int file, const void *bytes, size_t count)
{
    return disk_is_full(file, -1) ? -1 : syscall(SYS_write, file, bytes, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset)
{
    if (disk_is_full(file, offset + (off_t) count))
        return -1;
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
    off_t end = offset;
    for (int part = 0; part < count; part++)
        end += (off_t) parts[part].iov_len;
    return disk_is_full(file, end) ? -1 : syscall(SYS_pwritev, file, parts, count, offset, 0L);
}

int posix_fallocate(int file, off_t offset, off_t length)
{
    if (disk_is_full(file, offset + length))
        return ENOSPC;
    return syscall(SYS_fallocate, file, 0, offset, length) == 0 ? 0 : errno;
}

/* The same by the names that programs for large files use. */
ssize_t pwrite64(int, const void *, size_t, off_t) __attribute__((alias("pwrite")));
ssize_t pwritev64(int, const struct iovec *, int, off_t) __attribute__((alias("pwritev")));
int posix_fallocate64(int, off_t, off_t) __attribute__((alias("posix_fallocate")));
