#include <math.h>

#include "families.h"
#include "moments.h"
#include "tile.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "norm.inc"
#include "variants.inc"

#if defined(__x86_64__)
#define BY_WIDTH(name)                                              \
  static void name(void *arena, const ck_call *call) {              \
    if (ck_prefers_narrow(ck_at(call, CK_V_X)->c)) {                     \
      name##_avx512_narrow(arena, call);                            \
    } else {                                                        \
      name##_avx512(arena, call);                                   \
    }                                                               \
  }
BY_WIDTH(moments_of_x)
BY_WIDTH(batch_norm)
BY_WIDTH(batch_norm_inference)
BY_WIDTH(batch_norm_sums)
BY_WIDTH(batch_norm_grad)
#endif

#define TABLE(suffix)                                               \
  {[CK_MOMENTS] = moments_of_x##suffix,                             \
   [CK_BATCH_NORM] = batch_norm##suffix,                            \
   [CK_BATCH_STATISTICS] = ck_put_statistics,                       \
   [CK_BATCH_NORM_SUMS] = batch_norm_sums##suffix,                  \
   [CK_BATCH_NORM_INFERENCE] = batch_norm_inference##suffix,        \
   [CK_BATCH_NORM_GRAD] = batch_norm_grad##suffix}

ck_kernel ck_norm_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}
