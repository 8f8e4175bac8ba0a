#include "families.h"
#include "moments.h"
#include "tile.h"
#include "window.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Patches that winograd.inc takes at once, in every variant.
// CK_APART keeps its 16 matrices from sharing the same few sets of the cache.
enum { CK_PATCHES = 96, CK_APART = 16 };

// Whether a convolution of `from` into `to` is done by winograd.inc: where products, not transforms
// or memory, are what takes time.
static int ck_uses_winograd(const ck_call *call, const ck_view *from, const ck_view *to) {
  const int64_t *i = call->i;
  return !i[CK_I_DIRECT] && i[CK_I_KERNEL_H] == 3 && i[CK_I_KERNEL_W] == 3 && i[CK_I_STRIDE_H] == 1 &&
         i[CK_I_STRIDE_W] == 1 && i[CK_I_DILATION_H] == 1 && i[CK_I_DILATION_W] == 1 &&
         i[CK_I_PAD_TOP] == 1 && i[CK_I_PAD_LEFT] == 1 && i[CK_I_GROUPS] == 1 &&
         from->h == to->h && from->w == to->w && from->c >= 16 && to->c >= 16 && to->h >= 6 &&
         to->w >= 6 && (int64_t)to->n * to->h * to->w >= 512;
}

#define FAMILY "conv2d.inc"
#include "variants.inc"

#if defined(__x86_64__)
// Channels of a group on the side of the product's columns decide the width of the vectors.
#define BY_WIDTH(name, role)                                                   \
  static void name(void *arena, const ck_call *call) {                         \
    if (ck_prefers_narrow(ck_at(call, role)->c / (int)call->i[CK_I_GROUPS])) {      \
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
  if (op != CK_CONV2D && op != CK_CONV2D_GRAD_INPUT && op != CK_CONV2D_GRAD_WEIGHT) return 0;
  const int back = op == CK_CONV2D_GRAD_INPUT;
  const ck_view *from = ck_at(call, back ? CK_V_DY : CK_V_X);
  const ck_view *to = ck_at(call, back ? CK_V_DX : CK_V_Y);  // in whose place is dy
  const int64_t pairs = (int64_t)from->c * to->c / call->i[CK_I_GROUPS];
  const int64_t turned = !back ? 0 : call->i[CK_I_KERNEL_H] * call->i[CK_I_KERNEL_W] * pairs;
  if (!ck_uses_winograd(call, from, to)) return turned;
  return turned + 16 * pairs + 16 * (CK_PATCHES * ((int64_t)from->c + to->c) + 2 * CK_APART);
}
