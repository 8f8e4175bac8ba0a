#include "families.h"
#include "tile.h"
#include "window.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "depthwise.inc"
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
BY_WIDTH(depthwise)
BY_WIDTH(depthwise_grad_input)
BY_WIDTH(depthwise_grad_weight)
#endif

#define TABLE(suffix)                                               \
  {[CK_DEPTHWISE] = depthwise##suffix,                              \
   [CK_DEPTHWISE_GRAD_INPUT] = depthwise_grad_input##suffix,        \
   [CK_DEPTHWISE_GRAD_WEIGHT] = depthwise_grad_weight##suffix}

ck_kernel ck_depthwise_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}
