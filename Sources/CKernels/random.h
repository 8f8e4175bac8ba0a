// The random bits of the dropout masks: a function of (seed, step, layer, element), so that the
// backward pass can recompute a mask instead of storing it.
#ifndef CK_RANDOM_H
#define CK_RANDOM_H

#include "ckernels.h"

#define CK_GOLDEN UINT64_C(0x9E3779B97F4A7C15)

// The output function of splitmix64.
static inline uint64_t ck_mix(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

// Key of one layer's mask in one step; the mask's bits are those of splitmix64 started there.
static inline uint64_t ck_mask_key(const ck_controls *controls, int64_t layer) {
  uint64_t key = ck_mix(controls->seed + CK_GOLDEN * (controls->step + 1));
  return ck_mix(key ^ (CK_GOLDEN * ((uint64_t)layer + 1)));
}

// An element is kept if the upper half of its 64 bits is not below the threshold.
static inline uint32_t ck_mask_threshold(double rate) { return (uint32_t)(rate * 4294967296.0); }

// The probability of zero: CK_F_RATE, of dropped paths in proportion to the progress.
static inline double ck_mask_rate(const ck_controls *controls, const ck_call *call) {
  return call->f[CK_F_RATE] * (call->i[CK_I_PATHS] ? controls->progress : 1);
}

// The number of a view's first element among those of the whole batch.
static inline uint64_t ck_mask_first(const ck_call *call, const ck_view *view) {
  return (uint64_t)call->i[CK_I_IMAGE] * (uint64_t)view->h * (uint64_t)view->w * (uint64_t)view->c;
}

// Elements that share a bit: the whole image of a dropped path, else each has its own.
static inline uint64_t ck_mask_unit(const ck_call *call, const ck_view *view) {
  return call->i[CK_I_PATHS] ? (uint64_t)view->h * (uint64_t)view->w * (uint64_t)view->c : 1;
}

static inline int ck_keeps(uint64_t key, uint64_t element, uint32_t threshold) {
  return (uint32_t)(ck_mix(key + CK_GOLDEN * (element + 1)) >> 32) >= threshold;
}

#endif
