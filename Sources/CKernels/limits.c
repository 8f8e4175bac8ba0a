#include "cklimits.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Sums at once: more than latency times units of any processor so far, no more than 16 registers
// hold.
enum { CK_SPINS = 12 };

#define FAMILY "limits.inc"
#include "variants.inc"

float ck_spin(ck_isa isa, int64_t rounds) {
  switch (isa) {
#if defined(__x86_64__)
    case CK_AVX512: return spin_avx512(rounds);
    case CK_AVX2: return spin_avx2(rounds);
#endif
    default: return spin_generic(rounds);
  }
}

int64_t ck_spin_operations(ck_isa isa) {
  const int width = isa == CK_AVX512 ? 16 : isa == CK_AVX2 ? 8 : 4;
  return 2 * CK_SPINS * width;
}

void ck_triad(ck_isa isa, float *to, const float *a, const float *b, int64_t count) {
  switch (isa) {
#if defined(__x86_64__)
    case CK_AVX512: triad_avx512(to, a, b, count); break;
    case CK_AVX2: triad_avx2(to, a, b, count); break;
#endif
    default: triad_generic(to, a, b, count); break;
  }
}
