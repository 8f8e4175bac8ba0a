#include "ckteam.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

// Turns of waiting in the processor before a thread lets others run: about 20 microseconds.
enum { PATIENCE = 2000 };

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// What members share at a barrier.
typedef struct {
  atomic_int arrived, generation;
  int64_t unused[3];
} meeting;

void ck_barrier(void *arena, const ck_call *call) {
  const int64_t wide = call->i[CK_I_PIXELS];  // bytes of an element
  meeting *m = (meeting *)((char *)arena + ck_at(call, CK_V_X)->offset * wide);
  const int generation = atomic_load_explicit(&m->generation, memory_order_acquire);
  if (atomic_fetch_add_explicit(&m->arrived, 1, memory_order_acq_rel) + 1 == call->i[CK_I_PARTS]) {
    atomic_store_explicit(&m->arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&m->generation, generation + 1, memory_order_release);
    return;
  }
  for (int turns = 0; atomic_load_explicit(&m->generation, memory_order_acquire) == generation;) {
    if (turns < PATIENCE) {
      turns++;
      relax();
    } else {
      sched_yield();
    }
  }
}

struct ck_team {
  int members;
  pthread_t *threads;
  // The work of the current step; written before `step` is raised.
  void *arena;
  const ck_part *parts;
  const uint8_t *open;
  atomic_int step, done, ends, next;
  // For members that have waited long.
  pthread_mutex_t mutex;
  pthread_cond_t start;
};

static void run_part(ck_team *team, int member) {
  ck_run(team->arena, team->parts[member].calls, team->parts[member].count, team->open);
}

static void await_step(ck_team *team, int last) {
  for (int turns = 0; turns < PATIENCE; turns++) {
    if (atomic_load_explicit(&team->step, memory_order_acquire) != last) return;
    relax();
  }
  pthread_mutex_lock(&team->mutex);
  while (atomic_load_explicit(&team->step, memory_order_acquire) == last) {
    pthread_cond_wait(&team->start, &team->mutex);
  }
  pthread_mutex_unlock(&team->mutex);
}

static void *work(void *argument) {
  ck_team *team = argument;
  const int member = atomic_fetch_add(&team->next, 1);
  for (int last = 0;; last++) {
    await_step(team, last);
    if (atomic_load(&team->ends)) return NULL;
    run_part(team, member);
    atomic_fetch_add_explicit(&team->done, 1, memory_order_release);
  }
}

static void begin_step(ck_team *team) {
  pthread_mutex_lock(&team->mutex);
  atomic_fetch_add_explicit(&team->step, 1, memory_order_release);
  pthread_cond_broadcast(&team->start);
  pthread_mutex_unlock(&team->mutex);
}

ck_team *ck_team_create(int members) {
  ck_team *team = calloc(1, sizeof(ck_team));
  pthread_t *threads = calloc((size_t)members, sizeof(pthread_t));
  if (!team || !threads) {
    free(team);
    free(threads);
    return NULL;
  }
  team->threads = threads;
  pthread_mutex_init(&team->mutex, NULL);
  pthread_cond_init(&team->start, NULL);
  atomic_store(&team->next, 1);
  for (team->members = 1; team->members < members; team->members++) {
    if (pthread_create(&threads[team->members], NULL, work, team) != 0) {
      ck_team_destroy(team);
      return NULL;
    }
  }
  return team;
}

void ck_team_run(ck_team *team, void *arena, const ck_part *parts, const uint8_t *open) {
  team->arena = arena;
  team->parts = parts;
  team->open = open;
  atomic_store_explicit(&team->done, 0, memory_order_relaxed);
  begin_step(team);
  run_part(team, 0);
  for (int turns = 0;
       atomic_load_explicit(&team->done, memory_order_acquire) < team->members - 1;) {
    if (turns < PATIENCE) {
      turns++;
      relax();
    } else {
      sched_yield();
    }
  }
}

void ck_team_destroy(ck_team *team) {
  atomic_store(&team->ends, 1);
  begin_step(team);
  for (int member = 1; member < team->members; member++) {
    pthread_join(team->threads[member], NULL);
  }
  pthread_mutex_destroy(&team->mutex);
  pthread_cond_destroy(&team->start);
  free(team->threads);
  free(team);
}
