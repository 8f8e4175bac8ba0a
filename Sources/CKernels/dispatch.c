// Finds the kernel of an operation for an instruction set, and runs lists of calls.
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"
#include "families.h"

void ck_run(void *arena, const ck_call *calls, int64_t count, const uint8_t *open) {
  const ck_call *call = calls;
  for (int64_t k = 0; k < count; k++) {
    const ck_call *next = ck_next(call);
    if (!open || open[call->gate]) call->run(arena, call);
    call = next;
  }
}

int ck_supported(ck_isa isa) {
  switch (isa) {
    case CK_GENERIC:
    case CK_REFERENCE_F32:
    case CK_REFERENCE_F64:
      return 1;
#if defined(__x86_64__)
    case CK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    default:
      return 0;
  }
}

ck_isa ck_best(void) {
  const char *wish = getenv("ATELIER_ISA");
  if (wish && !strcmp(wish, "generic")) return CK_GENERIC;
  if (wish && !strcmp(wish, "avx2") && ck_supported(CK_AVX2)) return CK_AVX2;
  if (wish && !strcmp(wish, "avx512") && ck_supported(CK_AVX512)) return CK_AVX512;
  if (ck_supported(CK_AVX512)) return CK_AVX512;
  return ck_supported(CK_AVX2) ? CK_AVX2 : CK_GENERIC;
}

// The fast kernel of an operation, or NULL where the scalar twin serves.
static ck_kernel find_fast(ck_isa isa, ck_op op) {
  ck_kernel (*const families[])(ck_isa, ck_op) = {
      ck_linear_kernel, ck_conv2d_kernel,      ck_depthwise_kernel, ck_norm_kernel,
      ck_pool2d_kernel, ck_elementwise_kernel, ck_softmax_kernel,   ck_update_kernel,
      ck_mixture_kernel,
  };
  for (unsigned k = 0; k < sizeof(families) / sizeof(families[0]); k++) {
    const ck_kernel kernel = families[k](isa, op);
    if (kernel) return kernel;
  }
  return NULL;
}

ck_kernel ck_find(ck_isa isa, ck_op op) {
  if ((unsigned)op >= CK_OP_COUNT || !ck_supported(isa)) return NULL;
  if (isa == CK_REFERENCE_F64) return ck_reference_f64(op);
  ck_kernel fast = isa == CK_REFERENCE_F32 ? NULL : find_fast(isa, op);
  return fast ? fast : ck_reference_f32(op);
}

ck_op ck_operation(ck_isa isa, ck_kernel kernel) {
  for (unsigned op = 0; op < CK_OP_COUNT; op++) {
    if (ck_find(isa, (ck_op)op) == kernel) return (ck_op)op;
  }
  return CK_OP_COUNT;
}

const char *ck_operation_name(ck_op op) {
  static const char *const names[CK_OP_COUNT] = {
      [CK_CONV2D] = "conv2d",
      [CK_CONV2D_GRAD_INPUT] = "conv2d_grad_input",
      [CK_CONV2D_GRAD_WEIGHT] = "conv2d_grad_weight",
      [CK_DEPTHWISE] = "depthwise",
      [CK_DEPTHWISE_GRAD_INPUT] = "depthwise_grad_input",
      [CK_DEPTHWISE_GRAD_WEIGHT] = "depthwise_grad_weight",
      [CK_LINEAR] = "linear",
      [CK_LINEAR_GRAD_INPUT] = "linear_grad_input",
      [CK_LINEAR_GRAD_WEIGHT] = "linear_grad_weight",
      [CK_GEMM] = "gemm",
      [CK_MOMENTS] = "moments",
      [CK_BATCH_NORM] = "batch_norm",
      [CK_BATCH_STATISTICS] = "batch_statistics",
      [CK_BATCH_NORM_INFERENCE] = "batch_norm_inference",
      [CK_BATCH_NORM_SUMS] = "batch_norm_sums",
      [CK_BATCH_NORM_GRAD] = "batch_norm_grad",
      [CK_MIX] = "mix",
      [CK_MIX_SUMS] = "mix_sums",
      [CK_MIX_GRAD_WEIGHT] = "mix_grad_weight",
      [CK_MIX_GRAD] = "mix_grad",
      [CK_RELU] = "relu",
      [CK_RELU_GRAD] = "relu_grad",
      [CK_ADD] = "add",
      [CK_COPY] = "copy",
      [CK_FILL] = "fill",
      [CK_ZERO_HALO] = "zero_halo",
      [CK_SHUFFLE] = "shuffle",
      [CK_MAX_POOL] = "max_pool",
      [CK_MAX_POOL_GRAD] = "max_pool_grad",
      [CK_AVERAGE_POOL] = "average_pool",
      [CK_AVERAGE_POOL_GRAD] = "average_pool_grad",
      [CK_GLOBAL_AVERAGE_POOL] = "global_average_pool",
      [CK_GLOBAL_AVERAGE_POOL_GRAD] = "global_average_pool_grad",
      [CK_DROPOUT] = "dropout",
      [CK_DROPOUT_GRAD] = "dropout_grad",
      [CK_SOFTMAX] = "softmax",
      [CK_SOFTMAX_GRAD] = "softmax_grad",
      [CK_SOFTMAX_CROSS_ENTROPY] = "softmax_cross_entropy",
      [CK_SUM_SQUARES] = "sum_squares",
      [CK_CLIP_SCALE] = "clip_scale",
      [CK_SGD] = "sgd",
      [CK_ADAM] = "adam",
  };
  return (unsigned)op < CK_OP_COUNT ? names[op] : "";
}

int64_t ck_scratch(ck_op op, const ck_call *call) {
  const int64_t linear = ck_linear_scratch(op, call), conv2d = ck_conv2d_scratch(op, call);
  return linear > conv2d ? linear : conv2d;
}
