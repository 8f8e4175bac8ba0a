// The tables of kernels by family; dispatch.c looks them up in this order and takes the first kernel that is not NULL.
#ifndef CK_FAMILIES_H
#define CK_FAMILIES_H

#include "ckernels.h"

ck_kernel ck_reference_f32(ck_op op);
ck_kernel ck_reference_f64(ck_op op);

#endif
