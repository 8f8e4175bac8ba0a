#include <math.h>

#include "families.h"
#include "tile.h"
#include "window.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Source columns of a strip of an image that are kept on the stack, one vector each.
enum { CK_POOL_ROOM = 272 };

#define FAMILY "pool2d.inc"
#include "variants.inc"

static int fits(const ck_call *call) {
  const ck_window w = ck_get_window(call);
  return w.kernel_h <= CK_POOL_ROOM && (w.kernel_w - 1) * w.dilation_w < CK_POOL_ROOM;
}

// The kernel of one instruction set; windows so wide that not one fits are left to the scalar twin.
#define GUARDED(name, suffix, op)                                             \
  static void name##_any##suffix(void *arena, const ck_call *call) {          \
    if (fits(call)) {                                                         \
      name##suffix(arena, call);                                              \
    } else {                                                                  \
      ck_reference_f32(op)(arena, call);                                      \
    }                                                                         \
  }
#define GUARDED_SET(suffix)                                                   \
  GUARDED(max_pool, suffix, CK_MAX_POOL)                                      \
  GUARDED(max_pool_grad, suffix, CK_MAX_POOL_GRAD)                            \
  GUARDED(average_pool, suffix, CK_AVERAGE_POOL)                              \
  GUARDED(average_pool_grad, suffix, CK_AVERAGE_POOL_GRAD)

#if defined(__x86_64__)
#define BY_WIDTH(name, role)                                                  \
  static void name(void *arena, const ck_call *call) {                        \
    if (ck_prefers_narrow(ck_at(call, role)->c)) {                                 \
      name##_avx512_narrow(arena, call);                                      \
    } else {                                                                  \
      name##_avx512(arena, call);                                             \
    }                                                                         \
  }
BY_WIDTH(max_pool, CK_V_Y)
BY_WIDTH(max_pool_grad, CK_V_DY)
BY_WIDTH(average_pool, CK_V_Y)
BY_WIDTH(average_pool_grad, CK_V_DY)
BY_WIDTH(global_average_pool, CK_V_Y)
BY_WIDTH(global_average_pool_grad, CK_V_DY)
GUARDED_SET()
GUARDED_SET(_avx2)
#endif
GUARDED_SET(_generic)

#define TABLE(suffix)                                               \
  {[CK_MAX_POOL] = max_pool_any##suffix,                                \
   [CK_MAX_POOL_GRAD] = max_pool_grad_any##suffix,                      \
   [CK_AVERAGE_POOL] = average_pool_any##suffix,                        \
   [CK_AVERAGE_POOL_GRAD] = average_pool_grad_any##suffix,              \
   [CK_GLOBAL_AVERAGE_POOL] = global_average_pool##suffix,          \
   [CK_GLOBAL_AVERAGE_POOL_GRAD] = global_average_pool_grad##suffix}

ck_kernel ck_pool2d_kernel(ck_isa isa, ck_op op) {
  static const ck_kernel tables[][CK_OP_COUNT] = {
      [CK_GENERIC] = TABLE(_generic),
#if defined(__x86_64__)
      [CK_AVX2] = TABLE(_avx2),
      [CK_AVX512] = TABLE(),
#endif
  };
  return tables[isa][op];
}
