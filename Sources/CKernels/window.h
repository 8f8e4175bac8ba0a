// Windows of convolutions and pools, one axis at a time.
#ifndef CK_WINDOW_H
#define CK_WINDOW_H

#include "views.h"

// A run of results along one axis that all gather through the same taps:
//   result j (0 ..< results) lies at first + j * step,
//   and reads through tap t (0 ..< taps) the source at base + j * source_step + t * tap_step,
//   with the weight number weight + t * weight_step.
// A forward pass has one such run. The gradient of the input has one per residue of the position by
// the stride, for only positions of equal residue meet the same weights.
typedef struct {
  int results, first, step;
  int base, source_step, taps, tap_step;
  int weight, weight_step;
  int sources;
} ck_axis;

static inline ck_axis ck_forward_axis(int sources, int results, int kernel, int stride,
                                      int dilation, int pad) {
  return (ck_axis){.results = results, .first = 0, .step = 1, .base = -pad, .source_step = stride,
                   .taps = kernel, .tap_step = dilation, .weight = 0, .weight_step = 1,
                   .sources = sources};
}

// The run of gradient positions residue, residue + stride, ...; sources are forward outputs. Taps
// are counted backwards, so that sources go forwards and weights back.
static inline ck_axis ck_gradient_axis(int residue, int sources, int results, int kernel,
                                       int stride, int dilation, int pad) {
  int gcd = dilation;
  for (int rest = stride; rest;) {
    const int next = gcd % rest;
    gcd = rest;
    rest = next;
  }
  const int period = stride / gcd;  // every so many taps the remainder is 0
  int weight = 0;
  while (weight < period && (residue + pad - weight * dilation) % stride) weight++;
  const int meets = weight < period && weight < kernel;
  const int taps = meets ? (kernel - weight + period - 1) / period : 0, tap_step = dilation / gcd;
  const int source = meets ? (residue + pad - weight * dilation) / stride : 0;
  return (ck_axis){
      .results = residue < results ? (results - residue + stride - 1) / stride : 0,
      .first = residue,
      .step = stride,
      .base = source - (meets ? (taps - 1) * tap_step : 0),
      .source_step = 1,
      .taps = taps,
      .tap_step = tap_step,
      .weight = meets ? weight + (taps - 1) * period : 0,
      .weight_step = -period,
      .sources = sources,
  };
}

// The same, its weights numbered in a kernel that is turned round.
static inline ck_axis ck_turned(ck_axis axis, int kernel) {
  axis.weight = kernel - 1 - axis.weight;
  axis.weight_step = -axis.weight_step;
  return axis;
}

typedef struct {
  int first, end;
} ck_range;

// Of result j, the taps whose source lies in -halo ..< sources + halo.
static inline ck_range ck_inside(const ck_axis *axis, int j, int halo) {
  const int source = axis->base + j * axis->source_step, step = axis->tap_step;
  const int before = -halo - source, room = axis->sources - 1 + halo - source;
  ck_range range = {0, 0};
  if (before > 0) range.first = step == 1 ? before : (before + step - 1) / step;
  if (room >= 0) range.end = (step == 1 ? room : room / step) + 1;
  if (range.end > axis->taps) range.end = axis->taps;
  if (range.first >= range.end) range.first = range.end = 0;
  return range;
}

// The results for which all taps lie inside, halo included.
static inline ck_range ck_whole(const ck_axis *axis, int halo) {
  const int low = axis->base, high = axis->base + (axis->taps - 1) * axis->tap_step;
  const int step = axis->source_step, last = axis->sources - 1 + halo;
  ck_range range = {0, 0};
  if (low + halo < 0) range.first = (-(low + halo) + step - 1) / step;
  if (last >= high) range.end = (last - high) / step + 1;
  range.end = ck_least(range.end, axis->results);
  if (axis->taps == 0 || range.first >= range.end) range.first = range.end = 0;
  return range;
}

// Results y and y + apart make a pair, for y in 0 ..< apart, 2 apart ..< 3 apart, ...: the next such y.
static inline int ck_next_pair(int y, int apart) {
  return y % apart < apart - 1 ? y + 1 : y + apart + 1;
}

// Of the results k, k + apart, ...: the last one, if it has no partner; else -1.
static inline int ck_without_partner(int k, int results, int apart) {
  const int count = (results - k + apart - 1) / apart;
  return count % 2 ? k + (count - 1) * apart : -1;
}

// The window of a call: everything that its integers say.
typedef struct {
  int kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
} ck_window;

static inline ck_window ck_get_window(const ck_call *call) {
  const int64_t *i = call->i;
  return (ck_window){(int)i[CK_I_KERNEL_H],   (int)i[CK_I_KERNEL_W],   (int)i[CK_I_STRIDE_H],
                     (int)i[CK_I_STRIDE_W],   (int)i[CK_I_DILATION_H], (int)i[CK_I_DILATION_W],
                     (int)i[CK_I_PAD_TOP],    (int)i[CK_I_PAD_LEFT]};
}

static inline ck_axis ck_forward_rows(const ck_window *w, const ck_view *x, const ck_view *y) {
  return ck_forward_axis(x->h, y->h, w->kernel_h, w->stride_h, w->dilation_h, w->pad_h);
}
static inline ck_axis ck_forward_columns(const ck_window *w, const ck_view *x, const ck_view *y) {
  return ck_forward_axis(x->w, y->w, w->kernel_w, w->stride_w, w->dilation_w, w->pad_w);
}
static inline ck_axis ck_gradient_rows(const ck_window *w, int residue, const ck_view *dy,
                                       const ck_view *dx) {
  return ck_gradient_axis(residue, dy->h, dx->h, w->kernel_h, w->stride_h, w->dilation_h, w->pad_h);
}
static inline ck_axis ck_gradient_columns(const ck_window *w, int residue, const ck_view *dy,
                                          const ck_view *dx) {
  return ck_gradient_axis(residue, dy->w, dx->w, w->kernel_w, w->stride_w, w->dilation_w, w->pad_w);
}

// Of tap k of a forward axis, the results that read a source inside.
static inline ck_range ck_readers(const ck_axis *axis, int k) {
  const int source = axis->base + k * axis->tap_step, step = axis->source_step;
  ck_range range = {0, 0};
  if (source < 0) range.first = (-source + step - 1) / step;
  if (axis->sources > source) range.end = (axis->sources - 1 - source) / step + 1;
  range.end = ck_least(range.end, axis->results);
  if (range.first >= range.end) range.first = range.end = 0;
  return range;
}

#endif
