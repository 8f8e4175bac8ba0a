#include "families.h"
#include "tile.h"
#include "window.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "conv2d.inc"
#include "variants.inc"

#if defined(__x86_64__)
// Channels of a group on the side of the product's columns decide the width of the vectors.
#define BY_WIDTH(name, role)                                                   \
  static void name(void *arena, const ck_call *call) {                         \
    if (ck_prefers_narrow(call->v[role].c / (int)call->i[CK_I_GROUPS])) {      \
      name##_avx512_narrow(arena, call);                                       \
    } else {                                                                   \
      name##_avx512(arena, call);                                              \
    }                                                                          \
  }
BY_WIDTH(conv2d, CK_V_Y)
BY_WIDTH(conv2d_grad_input, CK_V_DX)
BY_WIDTH(conv2d_grad_weight, CK_V_DY)
#endif

#define TABLE(suffix)                                         \
  {[CK_CONV2D] = conv2d##suffix,                              \
   [CK_CONV2D_GRAD_INPUT] = conv2d_grad_input##suffix,        \
   [CK_CONV2D_GRAD_WEIGHT] = conv2d_grad_weight##suffix}

ck_kernel ck_conv2d_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}

int64_t ck_conv2d_scratch(ck_op op, const ck_call *call) {
  if (op != CK_CONV2D_GRAD_INPUT) return 0;
  const int64_t ics = call->v[CK_V_DX].c / call->i[CK_I_GROUPS];
  return call->i[CK_I_KERNEL_H] * call->i[CK_I_KERNEL_W] * ics * call->v[CK_V_DY].c;
}
