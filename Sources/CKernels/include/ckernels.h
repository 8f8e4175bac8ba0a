// The kernels of the engine: every one has the same signature, so that a plan is a flat list of
// calls over one arena.
//
// An arena is a block of elements, float (CK_GENERIC, CK_AVX2, CK_AVX512, CK_REFERENCE_F32) or
// double (CK_REFERENCE_F64). Activations are NHWC. Weights are [kh][kw][ic / groups][oc]
// (convolution), [kh][kw][c] (depthwise), [in][out] (linear); biases and batch-norm vectors are
// [c]. Weights, vectors, statistics and scratch are contiguous: of their views the kernels use the
// offset alone (except where said), but fill in the extents for the reader's sake.
//
// Rules that hold for every kernel:
// - It is correct for any extents, strides and halo, reads nothing outside its views (and their
//   halo), writes nothing outside the interior of what it writes, allocates nothing and keeps no
//   state.
// - Views may not overlap unless the operation says so; "may alias" means same offset and same
//   strides.
// - Sums have a fixed order: same instruction set, same bits. NaN goes through ReLU, sums and
//   pools; it is never lost.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

// A tensor in the arena. A channel slice of a concatenation, or the interior of a halo'd buffer, is
// just other strides.
typedef struct {
  // of element [0, 0, 0, 0] (interior), in elements from the arena's base; < 0: absent
  int64_t offset;
  int32_t n, h, w, c;   // extents: images, rows, columns, channels
  int64_t sn, sh, sw;   // strides in elements; that of the channels is 1
  int32_t halo;         // zeros guaranteed on every side of the h x w interior (0: none)
} ck_view;

typedef struct ck_call ck_call;
typedef void (*ck_kernel)(void *arena, const ck_call *call);

enum { CK_VIEWS = 16, CK_INTEGERS = 16, CK_REALS = 5 };

// A list of calls holds of each only the views that it has: the next begins `bytes` after it.
struct ck_call {
  ck_kernel run;
  int32_t gate;  // the call is left out of a run whose gate of this number is shut
  int32_t bytes;
  int64_t i[CK_INTEGERS];
  double f[CK_REALS];
  uint8_t place[CK_VIEWS];  // by role: 1 + the place of its view in v; 0: absent
  ck_view v[CK_VIEWS];
};

static const ck_view ck_absent = {-1, 0, 0, 0, 0, 0, 0, 0, 0};

// The view in a role.
static inline const ck_view *ck_at(const ck_call *call, int role) {
  return call->place[role] ? &call->v[call->place[role] - 1] : &ck_absent;
}

// What changes from step to step, and what a step reports. It lives in the arena, at an offset
// whose address is a multiple of 8 bytes, and takes CK_CONTROLS_BYTES there (18 floats or 9
// doubles). Kernels that use it have its view in CK_V_CONTROLS; calls themselves never change.
typedef struct {
  uint64_t seed;          // in: of the dropout masks
  uint64_t step;          // in: 0 for the first step
  double learning_rate;   // in
  // in: multiplies every gradient in the update; set it to 1 before a step; CK_CLIP_SCALE writes it
  double gradient_scale;
  // in: rows of the batch that count, <= its size (the last evaluation batch may be short)
  int64_t rows;
  double loss_sum;        // out: sum of the rows' losses (CK_SOFTMAX_CROSS_ENTROPY)
  // out: rows whose first largest logit is their label (CK_SOFTMAX_CROSS_ENTROPY)
  int64_t correct;
  double sum_squares;     // out: of CK_SUM_SQUARES
  double progress;        // in: share of the training that is done, 0 ... 1 (CK_I_PATHS)
} ck_controls;

enum { CK_CONTROLS_BYTES = 72 };

// Roles of the views. They are the same for every operation, so that forward and backward share
// most of a call.
enum {
  CK_V_X = 0,         // input of the forward pass
  CK_V_WEIGHT = 1,    // weights; gamma
  CK_V_LABELS = 1,    // int32_t[n], contiguous, at the element offset (of a loss)
  CK_V_GRADIENT = 1,  // gradient of the parameters (of an update)
  CK_V_BIAS = 2,      // bias; beta
  CK_V_CONTROLS = 2,  // ck_controls (of dropout, loss and update)
  CK_V_Y = 3,         // output of the forward pass
  CK_V_DY = 3,        // its gradient, in a backward pass
  CK_V_MOMENTUM = 3,  // first moments (of an update)
  CK_V_STATS = 4,     // batch norm: [2][c], batch mean then 1 / sqrt(variance + epsilon)
  CK_V_SCRATCH = 4,   // ck_scratch() elements; contents mean nothing before and after
  CK_V_SECOND = 4,    // second moments (Adam)
  CK_V_MOMENTS = 5,   // of a forward pass: see "Moments" below
  CK_V_DX = 5,        // gradient of the input
  CK_V_DWEIGHT = 6,   // gradient of the weights; of gamma
  CK_V_RUNNING_MEAN = 6,
  CK_V_DBIAS = 7,     // gradient of the bias; of beta
  CK_V_RUNNING_VAR = 7,
  CK_V_SUM = 7,       // output of CK_ADD, whose inputs are v[0 ..< count]
  CK_V_BRANCH = 8,    // branches of a mixture: v[8 ..< 8 + count]; count <= 8
  CK_V_SUMS = 8,      // sums of a batch norm's backward pass
  CK_V_MIX_SUMS = 2,  // sums of a mixture's backward pass
};

// Roles of the integers. "Window" below means CK_I_KERNEL_H ... CK_I_PAD_LEFT: of convolutions and
// pools. Output pixel (y, x) reads input rows y * stride - pad + k * dilation; padding at the
// bottom and right follows from the extents.
enum {
  CK_I_KERNEL_H = 0,
  CK_I_KERNEL_W = 1,
  CK_I_STRIDE_H = 2,
  CK_I_STRIDE_W = 3,
  CK_I_DILATION_H = 4,
  CK_I_DILATION_W = 5,
  CK_I_PAD_TOP = 6,
  CK_I_PAD_LEFT = 7,
  CK_I_GROUPS = 8,
  // 1: add to what is written (y, dx; of a grad-weight: dw and db) instead of replacing it
  CK_I_ACCUMULATE = 9,
  CK_I_RELU = 10,                 // 1: forward, ReLU on the way out; backward, see the operation
  CK_I_ACCUMULATE_PARAMETERS = 11,  // batch norm backward: 1: add to dgamma and dbeta
  // convolution trio: 1: products as they stand, never by transformed patches
  CK_I_DIRECT = 12,
  CK_I_TRANSPOSE_A = 12,          // CK_GEMM
  CK_I_TRANSPOSE_B = 13,          // CK_GEMM
  // CK_ADD: number of inputs, 1 ... 6; mixture: number of branches, 1 ... 8
  CK_I_COUNT = 14,
  // dropout: number of the layer, so that layers get different masks
  CK_I_CALL = 15,
  // dropout: 1: whole images share a bit, and the rate grows with the progress
  CK_I_PATHS = 0,
  CK_I_IMAGE = 1,  // dropout: the place in the batch of the views' first image
  CK_I_NESTEROV = 0,              // CK_SGD
  // Of batch norms and mixtures; parts: of the images, that several threads took.
  CK_I_PARTS = 0,
  CK_I_PIXELS = 1,     // n * h * w of all parts
  CK_I_NORMALISED = 2,  // mixture: bit i: branch i is normalised
  CK_I_BRANCH = 3,     // CK_MIX_GRAD
  CK_I_DECOUPLED = 0,             // CK_ADAM: 1: weight decay apart from the gradient (AdamW)
};

// Roles of the reals.
enum {
  CK_F_EPSILON = 0,       // batch norm, Adam
  // batch norm: share of the new batch in the running statistics; SGD: share of the old momentum
  CK_F_MOMENTUM = 1,
  CK_F_WEIGHT_DECAY = 2,  // SGD, Adam
  CK_F_BETA1 = 3,         // Adam
  CK_F_BETA2 = 4,         // Adam
  CK_F_RATE = 0,          // dropout: probability of zero, 0 <= rate < 1
  CK_F_VALUE = 0,         // fill
  CK_F_MAX_NORM = 0,      // clip
};

// The operations. v[role] is the view in a role, x is v[CK_V_X] and so on; "?" marks a view that may
// be absent. Extents are those of the views.
typedef enum {
  // Convolution, any window and groups. x [n, h, w, ic], weight [kh, kw, ic / groups, oc], bias?
  // [oc], y [n, oh, ow, oc], scratch. y (+)= conv(x) + bias, then ReLU if CK_I_RELU. (The bias is
  // added whether accumulating or not.)
  CK_CONV2D,
  // dy, weight, dx, scratch. dx (+)= grad. With CK_I_RELU, x is needed too, is the output of a ReLU
  // with the extents of dx, and the whole result is zeroed where x is not > 0 (with
  // CK_I_ACCUMULATE, after the addition).
  CK_CONV2D_GRAD_INPUT,
  // x, dy, dweight, dbias?, scratch. dweight (+)= grad; dbias (+)= sum of dy.
  CK_CONV2D_GRAD_WEIGHT,

  // Depthwise convolution, one filter per channel: weight [kh, kw, c]; oc = ic = c; CK_I_GROUPS is
  // not looked at. Otherwise as the convolution trio, flags and masks included.
  CK_DEPTHWISE,
  CK_DEPTHWISE_GRAD_INPUT,
  CK_DEPTHWISE_GRAD_WEIGHT,

  // Linear. x [n, in], weight [in, out], bias? [out], y [n, out]: rows are images, strides sn; h =
  // w = 1. Flags as convolution: y (+)= x weight + bias, ReLU; dx (+)= dy weightT, masked by x;
  // dweight (+)= xT dy; dbias (+)= sum of dy. Scratch. Of the gradient of the input dx may alias
  // the x that masks it (not when accumulating).
  CK_LINEAR,
  CK_LINEAR_GRAD_INPUT,
  CK_LINEAR_GRAD_WEIGHT,
  // Plain product. v[0] = A [m, k], v[1] = B [k, n], v[3] = C [m, n] (n, c and sn of the views as
  // stored); scratch. C (+)= A B. With CK_I_TRANSPOSE_A A is stored [k, m]; with CK_I_TRANSPOSE_B B
  // is stored [n, k].
  CK_GEMM,

  // Moments: [parts][3][c]: of each part of the images, over its n, h, w: the mean, the sum of
  // squared differences from it, and the number of pixels. CK_CONV2D writes one part, of the y it
  // stores, where it has the view (not when accumulating and not with ReLU).
  CK_MOMENTS,        // x, moments (one part, written).

  // Batch norm over n, h, w of all parts. x, moments (CK_I_PARTS parts, in order), gamma?, beta?, y,
  // stats (written), running_mean?, running_var? (updated with CK_F_MOMENTUM; the variance
  // unbiased); CK_F_EPSILON. y (+)= normalised x, then ReLU if CK_I_RELU. y may alias x (but then
  // there is no backward pass, and not when accumulating).
  CK_BATCH_NORM,
  // The same without y, for who normalises later: x (its channels alone), moments, stats,
  // running_mean?, running_var?.
  CK_BATCH_STATISTICS,
  // x, gamma?, beta?, y, running_mean, running_var; CK_F_EPSILON. y as of CK_BATCH_NORM.
  CK_BATCH_NORM_INFERENCE,
  // x, gamma?, beta?, dy, stats (of the forward pass), sums ([2][c], written: one part's sums of dy,
  // and of dy times the normalised x). With CK_I_RELU dy is the gradient after the fused ReLU, whose
  // mask is recomputed from x. sums is v[CK_V_SUMS].
  CK_BATCH_NORM_SUMS,
  // x, gamma?, beta?, dy, stats, sums ([CK_I_PARTS][2][c], v[CK_V_SUMS]), dx?, dgamma?, dbeta?;
  // CK_I_PIXELS. CK_I_ACCUMULATE is about dx; ReLU as in CK_BATCH_NORM_SUMS. dx may alias dy (not
  // when accumulating).
  CK_BATCH_NORM_GRAD,

  // A mixture of CK_I_COUNT branches by the weights w [count]: y (+)= sum of w[i] * n(x_i), x_i =
  // v[CK_V_BRANCH + i]. A branch that is absent, or whose weight is exactly 0, is left out, unread.
  // n is the batch norm by its own statistics without scale and shift where bit i of CK_I_NORMALISED
  // is set, else nothing. stats: [count][2][c].
  CK_MIX,            // branches, weight, stats, y.
  // The sums that the gradients of a mixture are made of, for one part. branches, weight, dy, stats,
  // sums (v[CK_V_MIX_SUMS], written: [count + 1][c]: of dy times n(x_i) for every branch, 0 for one
  // left out; last of dy).
  CK_MIX_SUMS,
  // From sums (v[CK_V_MIX_SUMS], [CK_I_PARTS][count + 1][c]): dweight[i] (+)= sum over the channels
  // (v[CK_V_DWEIGHT], [count]; v[CK_V_DY]: its channels alone).
  CK_MIX_GRAD_WEIGHT,
  // Of the one branch CK_I_BRANCH: its x (v[CK_V_X]), weight [count], dy, stats [count][2][c], sums
  // (v[CK_V_MIX_SUMS], [CK_I_PARTS][count + 1][c]), dx; CK_I_COUNT, CK_I_NORMALISED, CK_I_PIXELS.
  // dx (+)= w * dy, sent back through the batch norm where the branch has one.
  CK_MIX_GRAD,

  CK_RELU,           // x, y: y (+)= max(x, 0). y may alias x.
  // x (input or output of the ReLU), dy, dx: dx (+)= dy where x > 0. dx may alias dy.
  CK_RELU_GRAD,
  // v[0 ..< CK_I_COUNT], sum: sum (+)= all of them, then ReLU if CK_I_RELU. sum may alias any
  // input.
  CK_ADD,
  // x, y of the same extents: y (+)= x. For concatenation, slices, padding, moving into a halo'd
  // buffer.
  CK_COPY,
  CK_FILL,           // y = CK_F_VALUE (interior).
  // y: its halo (v.halo wide) becomes zero; for a buffer that shares memory with others.
  CK_ZERO_HALO,
  // x, y of the same extents; CK_I_GROUPS, which divides c. y (+)= x with the channels of its groups
  // dealt out in turn: channel k of group g becomes channel k * groups + g.
  CK_SHUFFLE,

  // Pools. x [n, h, w, c], y [n, oh, ow, c]; window. Padding never counts: not as a maximum, not in
  // the mean's divisor; an output pixel whose window lies wholly outside becomes 0.
  CK_MAX_POOL,       // x, y; accumulates if CK_I_ACCUMULATE.
  // x, dy, dx, v[1] = y? (the forward output, if still at hand): the first maximum of a window gets
  // its gradient. dx may alias x where every pixel lies in exactly one window (not when
  // accumulating).
  CK_MAX_POOL_GRAD,
  CK_AVERAGE_POOL,   // x, y
  CK_AVERAGE_POOL_GRAD,  // dy, dx
  CK_GLOBAL_AVERAGE_POOL,       // x [n, h, w, c], y [n, 1, 1, c]
  CK_GLOBAL_AVERAGE_POOL_GRAD,  // dy [n, 1, 1, c], dx [n, h, w, c]

  // Element e (NHWC order over the extents, of all images of the batch) is kept if
  // hash(seed, step, CK_I_CALL, e) >= CK_F_RATE, and scaled by 1 / (1 - rate).
  CK_DROPOUT,        // x, controls, y. y may alias x.
  CK_DROPOUT_GRAD,   // dy, controls, dx: the same mask. dx may alias dy.

  CK_SOFTMAX,        // x, y: over the channels of every pixel. y may alias x.
  // x = the softmax itself, dy, dx: dx (+)= x * (dy - sum of dy * x), over the channels of a pixel.
  CK_SOFTMAX_GRAD,
  // x = logits [n, c], labels, controls, dx? [n, c]. Writes controls.loss_sum and controls.correct
  // over the first controls.rows rows; dx (+)= gradient of the mean loss over those rows, and 0 in
  // the other rows.
  // - A label outside 0 ..< c makes the loss NaN and the row's gradient zero; it never reads
  //   outside.
  CK_SOFTMAX_CROSS_ENTROPY,

  // Over the contiguous parameter block: the count is v[CK_V_X].c, with n = h = w = 1. g = gradient
  // * controls.gradient_scale.
  CK_SUM_SQUARES,    // x, controls: controls.sum_squares (+)= sum of x^2.
  // controls: gradient_scale = min(1, CK_F_MAX_NORM / (sqrt(sum_squares) + 1e-6)).
  CK_CLIP_SCALE,
  // x = parameters, gradient, controls, momentum: g += decay * x; m = momentum * m + g; x -= rate *
  // (nesterov ? g + momentum * m : m).
  CK_SGD,
  // x = parameters, gradient, controls, momentum, second: PyTorch's Adam at step controls.step + 1;
  // epsilon, betas, decay.
  CK_ADAM,

  CK_OP_COUNT
} ck_op;

typedef enum {
  CK_GENERIC,
  CK_AVX2,
  CK_AVX512,
  CK_REFERENCE_F32,
  CK_REFERENCE_F64,
  CK_ISA_COUNT
} ck_isa;

// Runs `count` calls in their order, but for those whose gate is shut (open[gate] is 0). Gate 0 is
// always open; open may be NULL when all are.
void ck_run(void *arena, const ck_call *calls, int64_t count, const uint8_t *open);

// The kernel of an operation for an instruction set; NULL if the processor lacks the set or the
// numbers are out of range.
ck_kernel ck_find(ck_isa isa, ck_op op);

// The operation whose kernel for the instruction set this is; CK_OP_COUNT if there is none.
ck_op ck_operation(ck_isa isa, ck_kernel kernel);

// The word for an operation, such as "conv2d_grad_input".
const char *ck_operation_name(ck_op op);

// Whether this processor can run the instruction set's kernels.
int ck_supported(ck_isa isa);

// The best supported set, or the one that ATELIER_ISA (avx512 | avx2 | generic) names if it is
// supported.
ck_isa ck_best(void);

// Elements of scratch that an operation wants for a call whose views (but the scratch) and integers
// are filled in: enough for every instruction set; 0 if none. The planner may place scratch over
// anything that is not alive during the call.
int64_t ck_scratch(ck_op op, const ck_call *call);

// Call building, for Swift, where C arrays are tuples. A new call has every view absent and every
// number 0; `call` needs room for the views that it is to have.
static inline void ck_begin_call(ck_call *call, ck_kernel run) {
  memset(call, 0, offsetof(ck_call, v));
  call->run = run;
  call->bytes = offsetof(ck_call, v);
}

static inline ck_call ck_new_call(ck_kernel run) {
  ck_call call;
  memset(&call, 0, sizeof call);
  ck_begin_call(&call, run);
  return call;
}

// The call after this one in a list.
static inline const ck_call *ck_next(const ck_call *call) {
  return (const ck_call *)((const char *)call + call->bytes);
}

static inline void ck_set_view(ck_call *call, int role, ck_view view) {
  if (!call->place[role]) {
    const int count = (call->bytes - (int)offsetof(ck_call, v)) / (int)sizeof(ck_view);
    call->place[role] = (uint8_t)(count + 1);
    call->bytes += sizeof(ck_view);
  }
  call->v[call->place[role] - 1] = view;
}

static inline void ck_remove_view(ck_call *call, int role) { call->place[role] = 0; }
static inline void ck_set_integer(ck_call *call, int role, int64_t value) { call->i[role] = value; }
static inline void ck_set_real(ck_call *call, int role, double value) { call->f[role] = value; }
static inline ck_view ck_get_view(const ck_call *call, int role) { return *ck_at(call, role); }
static inline int64_t ck_get_integer(const ck_call *call, int role) { return call->i[role]; }
static inline double ck_get_real(const ck_call *call, int role) { return call->f[role]; }

#ifdef __cplusplus
}
#endif

#endif
