// Moments of a batch: written by who stores a tensor, read by who normalises it.
#ifndef CK_MOMENTS_H
#define CK_MOMENTS_H

#include <math.h>

#include "views.h"

// Writes one channel's moments from the sums of x - shift and of its square.
static inline void ck_put_moments(float *moments, int channels, double shift, double sum,
                                  double squares, double pixels) {
  const double apart = squares - sum * sum / pixels;
  moments[0] = (float)(shift + sum / pixels);
  moments[channels] = (float)(apart < 0 ? 0 : apart);
  moments[2 * channels] = (float)pixels;
}

// Mean and inverse deviation of every channel from the moments of all parts; running values follow.
// - Source: Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm", eq. 2.1.
static inline void ck_put_statistics(void *arena, const ck_call *call) {
  const int channels = ck_at(call, CK_V_X)->c;
  const double share = call->f[CK_F_MOMENTUM];
  const float *moments = ck_base(arena, call, CK_V_MOMENTS);
  float *stats = ck_base(arena, call, CK_V_STATS);
  float *running_mean = ck_base(arena, call, CK_V_RUNNING_MEAN);
  float *running_var = ck_base(arena, call, CK_V_RUNNING_VAR);
  for (int c = 0; c < channels; c++) {
    double mean = (double)moments[c], squares = (double)moments[channels + c];
    double pixels = (double)moments[2 * channels + c];
    for (int part = 1; part < call->i[CK_I_PARTS]; part++) {
      const float *m = moments + (int64_t)part * 3 * channels + c;
      const double count = (double)m[2 * channels], apart = (double)m[0] - mean;
      squares += (double)m[channels] + apart * apart * pixels * count / (pixels + count);
      pixels += count;
      mean += apart * count / pixels;
    }
    const double variance = squares / pixels;
    const double unbiased = pixels > 1 ? squares / (pixels - 1) : variance;
    stats[c] = (float)mean;
    stats[channels + c] = (float)(1 / sqrt(variance + call->f[CK_F_EPSILON]));
    if (running_mean) {
      running_mean[c] = (float)((1 - share) * (double)running_mean[c] + share * mean);
    }
    if (running_var) {
      running_var[c] = (float)((1 - share) * (double)running_var[c] + share * unbiased);
    }
  }
}

#endif
