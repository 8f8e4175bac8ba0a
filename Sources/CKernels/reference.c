// The scalar twin of every kernel, in float and in double: the definition of correct.
#include <math.h>
#include <stddef.h>

#include "ckernels.h"
#include "families.h"
#include "random.h"

#define T float
#define NAME(name) name##_f32
#include "reference.inc"
#undef T
#undef NAME

#define T double
#define NAME(name) name##_f64
#include "reference.inc"
#undef T
#undef NAME
