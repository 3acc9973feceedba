/* Loaded into a process before libc (LD_PRELOAD): after every successful fsync or fdatasync it copies the
 * file as it now is into the folder SHADOW_DIR. That folder is then what a power cut would have left
 * behind on a disk that keeps nothing but what was synced. Used by power.rs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void keep(int fd) {
    const char *shadow = getenv("SHADOW_DIR");
    struct stat found;
    char link[64], path[PATH_MAX], draft[PATH_MAX + 8], kept[PATH_MAX];
    if (!shadow || fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    snprintf(kept, sizeof kept, "%s/%s", shadow, basename(path));
    snprintf(draft, sizeof draft, "%s.draft", kept);
    pthread_mutex_lock(&one_at_a_time);
    int copy = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (copy < 0) abort();
    static char buffer[1 << 16];
    off_t at = 0;
    ssize_t got;
    /* Read through the given descriptor: opening and closing the file again would drop SQLite's locks. */
    while ((got = pread(fd, buffer, sizeof buffer, at)) > 0) {
        if (write(copy, buffer, got) != got) abort();
        at += got;
    }
    close(copy);
    if (rename(draft, kept)) abort();
    pthread_mutex_unlock(&one_at_a_time);
}

int fsync(int fd) {
    int done = ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
    if (done == 0) keep(fd);
    return done;
}

int fdatasync(int fd) {
    int done = ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
    if (done == 0) keep(fd);
    return done;
}
