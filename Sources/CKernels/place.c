#include "ckplace.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Goes on from piece `k` with what is found so far.
static int32_t lowest_from(const ck_pieces *p, int64_t k, int32_t lowest, int32_t first,
                           int32_t last, int32_t need) {
  for (; k < p->count; k++) {
    if (first > p->lasts[k] || p->firsts[k] > last) continue;
    if (p->starts[k] >= lowest + need) break;
    if (p->ends[k] > lowest) lowest = p->ends[k];
  }
  return lowest;
}

#if defined(__x86_64__)
// Which pieces are alive at the time cannot be foreseen: 32 of them are asked at once, and those that
// are not cost nothing more.
__attribute__((target("avx2"))) static int32_t lowest_avx2(const ck_pieces *p, int32_t first,
                                                           int32_t last, int32_t need) {
  const __m256i from = _mm256_set1_epi32(first), to = _mm256_set1_epi32(last);
  int32_t lowest = 0;
  int64_t k = 0;
  for (; k + 32 <= p->count; k += 32) {
    uint32_t missing = 0;
    for (int part = 0; part < 4; part++) {
      const __m256i f = _mm256_loadu_si256((const __m256i *)(p->firsts + k + 8 * part));
      const __m256i l = _mm256_loadu_si256((const __m256i *)(p->lasts + k + 8 * part));
      const __m256i apart = _mm256_or_si256(_mm256_cmpgt_epi32(from, l), _mm256_cmpgt_epi32(f, to));
      missing |= (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(apart)) << 8 * part;
    }
    for (uint32_t alive = ~missing; alive; alive &= alive - 1) {
      const int64_t piece = k + __builtin_ctz(alive);
      if (p->starts[piece] >= lowest + need) return lowest;
      lowest = p->ends[piece] > lowest ? p->ends[piece] : lowest;
    }
  }
  return lowest_from(p, k, lowest, first, last, need);
}
#endif

int32_t ck_lowest(const ck_pieces *pieces, int32_t first, int32_t last, int32_t need) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return lowest_avx2(pieces, first, last, need);
#endif
  return lowest_from(pieces, 0, 0, first, last, need);
}
