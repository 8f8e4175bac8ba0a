#include "families.h"
#include "tile.h"
#include "views.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "linear.inc"
#include "variants.inc"

#if defined(__x86_64__)
// Columns of the product decide the width of the vectors.
#define BY_WIDTH(name, role)                                        \
  static void name(void *arena, const ck_call *call) {              \
    if (ck_prefers_narrow(ck_at(call, role)->c)) {                       \
      name##_avx512_narrow(arena, call);                            \
    } else {                                                        \
      name##_avx512(arena, call);                                   \
    }                                                               \
  }
BY_WIDTH(linear, CK_V_Y)
BY_WIDTH(linear_grad_input, CK_V_DX)
BY_WIDTH(linear_grad_weight, CK_V_DY)
BY_WIDTH(gemm, CK_V_Y)
#endif

#define TABLE(suffix)                                               \
  {[CK_LINEAR] = linear##suffix,                                    \
   [CK_LINEAR_GRAD_INPUT] = linear_grad_input##suffix,              \
   [CK_LINEAR_GRAD_WEIGHT] = linear_grad_weight##suffix,            \
   [CK_GEMM] = gemm##suffix}

ck_kernel ck_linear_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}

int64_t ck_linear_scratch(ck_op op, const ck_call *call) {
  switch (op) {
    case CK_LINEAR_GRAD_INPUT:
      return (int64_t)ck_at(call, CK_V_DX)->c * ck_at(call, CK_V_DY)->c;
    case CK_GEMM:
      return call->i[CK_I_TRANSPOSE_B] ? (int64_t)ck_at(call, 1)->n * ck_at(call, 1)->c : 0;
    default:
      return 0;
  }
}
