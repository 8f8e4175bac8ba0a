// The tables of kernels by family, each with NULL where the family has nothing.
#ifndef CK_FAMILIES_H
#define CK_FAMILIES_H

#include "ckernels.h"

ck_kernel ck_reference_f32(ck_op op);
ck_kernel ck_reference_f64(ck_op op);

ck_kernel ck_linear_kernel(ck_isa isa, ck_op op);
ck_kernel ck_conv2d_kernel(ck_isa isa, ck_op op);
ck_kernel ck_depthwise_kernel(ck_isa isa, ck_op op);
ck_kernel ck_norm_kernel(ck_isa isa, ck_op op);
ck_kernel ck_mixture_kernel(ck_isa isa, ck_op op);
ck_kernel ck_pool2d_kernel(ck_isa isa, ck_op op);
ck_kernel ck_elementwise_kernel(ck_isa isa, ck_op op);
ck_kernel ck_softmax_kernel(ck_isa isa, ck_op op);
ck_kernel ck_update_kernel(ck_isa isa, ck_op op);

int64_t ck_linear_scratch(ck_op op, const ck_call *call);
int64_t ck_conv2d_scratch(ck_op op, const ck_call *call);

#endif
