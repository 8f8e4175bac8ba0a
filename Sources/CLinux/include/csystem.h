// The few Linux calls that Swift cannot make.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stdint.h>

/// Asks the kernel to kill this process when the thread that started it ends. Returns 0 or errno.
int csystem_die_with_parent(void);

/// Takes an exclusive advisory lock on an open file without waiting.
/// Returns 0, EWOULDBLOCK when another process holds it, or another errno.
int csystem_try_lock(int descriptor);

/// Lowers the priority of this thread, and of those it starts, to `nice`. Returns 0 or errno.
int csystem_set_nice(int nice);

/// Limits this process's private writable memory (RLIMIT_DATA, soft limit). Returns 0 or errno.
int csystem_limit_data(uint64_t bytes);

/// Keeps up to so many freed bytes in the C heap instead of giving them back to the kernel, and takes
/// blocks below that size from it. Returns 0 or EINVAL.
int csystem_keep_heap(int bytes);

/// The soft limit of this process's private writable memory, or UINT64_MAX for none.
uint64_t csystem_data_limit(void);

/// Makes a pipe whose ends are closed on exec: [0] reads, [1] writes. Returns 0 or errno.
int csystem_pipe(int ends[2]);

/// Room of a pipe in bytes, as far as the system allows. Returns 0 or errno.
int csystem_pipe_room(int descriptor, int bytes);

/// Starts a program in its own process group, with `input` and `output` as descriptors 0 and 1,
/// this process's standard error, no other descriptor, default signal actions and an empty mask.
/// Returns 0 and the id in `*pid`, or errno.
int csystem_spawn(const char *path, char *const arguments[], int input, int output, int *pid);

/// 1 when a child ended and was not forgotten yet (its id stays taken), 0 while it lives.
int csystem_has_ended(int pid);

/// Waits for a child's end and forgets it. `*signal` is the signal that ended it or 0, `*code` its exit code.
/// Returns 0 or errno.
int csystem_reap(int pid, int *signal, int *code);

#endif
