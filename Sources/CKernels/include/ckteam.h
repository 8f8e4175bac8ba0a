// A team of threads that run one step together: every member has its own list of calls over one
// arena, and they meet at the barriers among the calls.
#ifndef CKTEAM_H
#define CKTEAM_H

#include "ckernels.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ck_team ck_team;

// A list of calls for one member.
typedef struct {
  const ck_call *calls;
  int64_t count;
} ck_part;

// A team of `members` threads, the caller's among them; NULL when the system has no more threads.
ck_team *ck_team_create(int members);

// Runs parts[0] on the calling thread and the others on the members; returns when all are done.
void ck_team_run(ck_team *team, void *arena, const ck_part *parts, const uint8_t *open);

// Ends the threads and frees the team.
void ck_team_destroy(ck_team *team);

// A call's kernel: waits until all CK_I_PARTS members have come. CK_V_X is 32 bytes in the arena
// that are 0 at first and that nothing else writes.
void ck_barrier(void *arena, const ck_call *call);

#ifdef __cplusplus
}
#endif

#endif
