#include "families.h"
#include "tile.h"
#include "window.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define FAMILY "pool2d.inc"
#include "variants.inc"

#if defined(__x86_64__)
#define BY_WIDTH(name, role)                                        \
  static void name(void *arena, const ck_call *call) {              \
    if (ck_prefers_narrow(call->v[role].c)) {                       \
      name##_avx512_narrow(arena, call);                            \
    } else {                                                        \
      name##_avx512(arena, call);                                   \
    }                                                               \
  }
BY_WIDTH(max_pool, CK_V_Y)
BY_WIDTH(max_pool_grad, CK_V_DY)
BY_WIDTH(average_pool, CK_V_Y)
BY_WIDTH(average_pool_grad, CK_V_DY)
BY_WIDTH(global_average_pool, CK_V_Y)
BY_WIDTH(global_average_pool_grad, CK_V_DY)
#endif

#define TABLE(suffix)                                               \
  {[CK_MAX_POOL] = max_pool##suffix,                                \
   [CK_MAX_POOL_GRAD] = max_pool_grad##suffix,                      \
   [CK_AVERAGE_POOL] = average_pool##suffix,                        \
   [CK_AVERAGE_POOL_GRAD] = average_pool_grad##suffix,              \
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
