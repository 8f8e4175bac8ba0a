#include "families.h"
#include "tile.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "mixture.inc"
#include "variants.inc"

#if defined(__x86_64__)
#define BY_WIDTH(name)                                              \
  static void name(void *arena, const ck_call *call) {              \
    if (ck_prefers_narrow(ck_at(call, CK_V_DY)->c)) {                    \
      name##_avx512_narrow(arena, call);                            \
    } else {                                                        \
      name##_avx512(arena, call);                                   \
    }                                                               \
  }
BY_WIDTH(mix)
BY_WIDTH(mix_sums)
BY_WIDTH(mix_grad)
#endif

#define TABLE(suffix)                                               \
  {[CK_MIX] = mix##suffix,                                          \
   [CK_MIX_SUMS] = mix_sums##suffix,                                \
   [CK_MIX_GRAD] = mix_grad##suffix}

ck_kernel ck_mixture_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}
