// Reading calls: where views start, which of their dimensions can be walked as one.
#ifndef CK_VIEWS_H
#define CK_VIEWS_H

#include <stddef.h>

#include "ckernels.h"

// The first element of a view in an arena of floats, or NULL if the view is absent.
static inline float *ck_base(void *arena, const ck_call *call, int role) {
  const int64_t offset = ck_at(call, role)->offset;
  return offset < 0 ? NULL : (float *)arena + offset;
}

static inline ck_controls *ck_get_controls(void *arena, const ck_call *call) {
  return (ck_controls *)((float *)arena + ck_at(call, CK_V_CONTROLS)->offset);
}

static inline int ck_least(int a, int b) { return a < b ? a : b; }
static inline int ck_most(int a, int b) { return a > b ? a : b; }

// A view as [blocks][lines][pixels][c]: dimensions that are contiguous are merged, so that loops
// over halo'd tensors and over plain ones are the same loops, with few and long lines where that is
// so.
typedef struct {
  int blocks, lines, pixels;
  int64_t block_stride, line_stride, pixel_stride;
} ck_lines;

// From a pixel to the next. A single column has no stride of its own: then rows, or images, are
// what follows each other.
static inline int64_t ck_pixel_stride(const ck_view *v) {
  return v->w > 1 ? v->sw : v->h > 1 ? v->sh : v->sn;
}

// Whether all rows, or all pixels of all images, follow each other without a gap.
static inline int ck_rows_merge(const ck_view *v) {
  return v->h == 1 || v->sh == v->w * ck_pixel_stride(v);
}
static inline int ck_images_merge(const ck_view *v) {
  return ck_rows_merge(v) && (v->n == 1 || v->sn == (int64_t)v->h * v->w * ck_pixel_stride(v));
}

// The merges are those that every one of the views allows; extents are the first one's.
static inline void ck_common_lines(const ck_view *const *views, int count, ck_lines *lines) {
  int rows = 1, images = 1;
  for (int k = 0; k < count; k++) {
    rows &= ck_rows_merge(views[k]);
    images &= ck_images_merge(views[k]);
  }
  const ck_view *first = views[0];
  for (int k = 0; k < count; k++) {
    const ck_view *v = views[k];
    lines[k].blocks = rows ? 1 : first->n;
    lines[k].lines = rows ? (images ? 1 : first->n) : first->h;
    lines[k].pixels = rows ? first->w * first->h * (images ? first->n : 1) : first->w;
    lines[k].block_stride = v->sn;
    lines[k].line_stride = rows ? v->sn : v->sh;
    lines[k].pixel_stride = ck_pixel_stride(v);
  }
}

#endif
