internal import CKernels

/// What planning must know of the kernels beyond their calls; `ckernels.h` is where it is promised.
extension ck_op {
  /// The integer that makes the kernel add to what it writes in `role`; nil: it can only replace.
  func accumulateFlag(_ role: Int) -> Int? {
    switch self {
    case CK_CONV2D, CK_DEPTHWISE, CK_LINEAR, CK_GEMM, CK_RELU, CK_COPY, CK_SHUFFLE, CK_DROPOUT,
      CK_MAX_POOL, CK_AVERAGE_POOL, CK_GLOBAL_AVERAGE_POOL, CK_MIX, CK_BATCH_NORM,
      CK_BATCH_NORM_INFERENCE:
      role == CK_V_Y ? CK_I_ACCUMULATE : nil
    case CK_CONV2D_GRAD_INPUT, CK_DEPTHWISE_GRAD_INPUT, CK_LINEAR_GRAD_INPUT, CK_RELU_GRAD,
      CK_DROPOUT_GRAD, CK_MAX_POOL_GRAD, CK_AVERAGE_POOL_GRAD, CK_GLOBAL_AVERAGE_POOL_GRAD,
      CK_MIX_GRAD, CK_SOFTMAX_GRAD:
      role == CK_V_DX ? CK_I_ACCUMULATE : nil
    case CK_CONV2D_GRAD_WEIGHT, CK_DEPTHWISE_GRAD_WEIGHT, CK_LINEAR_GRAD_WEIGHT:
      role == CK_V_DWEIGHT || role == CK_V_DBIAS ? CK_I_ACCUMULATE : nil
    case CK_MIX_GRAD_WEIGHT: role == CK_V_DWEIGHT ? CK_I_ACCUMULATE : nil
    case CK_ADD:
      role == CK_V_SUM ? CK_I_ACCUMULATE : nil
    case CK_BATCH_NORM_GRAD:
      role == CK_V_DX ? CK_I_ACCUMULATE : CK_I_ACCUMULATE_PARAMETERS
    default: nil
    }
  }

  /// The pair of roles that may share their memory when nothing else needs the first; nil: none.
  func inPlace(_ instruction: Instruction, _ program: Program) -> (input: Int, output: Int)? {
    switch self {
    case CK_LINEAR_GRAD_INPUT: (CK_V_X, CK_V_DX)
    case CK_MAX_POOL_GRAD:
      instruction.windowsTile(CK_V_X, CK_V_DY, program) ? (CK_V_X, CK_V_DX) : nil
    case CK_RELU, CK_BATCH_NORM_INFERENCE, CK_DROPOUT, CK_SOFTMAX: (CK_V_X, CK_V_Y)
    case CK_BATCH_NORM_GRAD, CK_RELU_GRAD, CK_DROPOUT_GRAD: (CK_V_DY, CK_V_DX)
    default: nil
    }
  }

  /// Whether `inPlace` may find a pair for it.
  var mayReuse: Bool {
    switch self {
    case CK_LINEAR_GRAD_INPUT, CK_MAX_POOL_GRAD, CK_RELU, CK_BATCH_NORM_INFERENCE, CK_DROPOUT,
      CK_SOFTMAX, CK_BATCH_NORM_GRAD, CK_RELU_GRAD, CK_DROPOUT_GRAD:
      true
    default: false
    }
  }

  /// Whether it can apply a ReLU to all of `y`, or of a sum, after it has written or added.
  var activates: Bool {
    switch self {
    case CK_CONV2D, CK_DEPTHWISE, CK_LINEAR, CK_BATCH_NORM, CK_BATCH_NORM_INFERENCE, CK_ADD: true
    default: false
    }
  }

  /// Whether it can make use of zeros around what it reads.
  var usesHalo: Bool {
    switch self {
    case CK_CONV2D, CK_CONV2D_GRAD_WEIGHT, CK_CONV2D_GRAD_INPUT, CK_DEPTHWISE,
      CK_DEPTHWISE_GRAD_WEIGHT, CK_DEPTHWISE_GRAD_INPUT:
      true
    default: false
    }
  }

  /// Whether `ck_scratch` may want elements for it.
  var wantsScratch: Bool {
    switch self {
    case CK_CONV2D, CK_CONV2D_GRAD_INPUT, CK_CONV2D_GRAD_WEIGHT, CK_LINEAR_GRAD_INPUT, CK_GEMM:
      true
    default: false
    }
  }

  /// Whether it draws a mask, by the places of its images in the batch.
  var drops: Bool { self == CK_DROPOUT || self == CK_DROPOUT_GRAD }

  /// Whether it can take the moments of what it stores.
  var measures: Bool { self == CK_CONV2D }

  /// Whether, of several threads that run it, the first alone has the view in this role: all know
  /// the same sums, and one writes what follows from them.
  func belongsToFirst(_ role: Int) -> Bool {
    switch self {
    case CK_BATCH_NORM, CK_BATCH_STATISTICS:
      role == CK_V_RUNNING_MEAN || role == CK_V_RUNNING_VAR
    case CK_BATCH_NORM_GRAD: role == CK_V_DWEIGHT || role == CK_V_DBIAS
    default: false
    }
  }

  /// Whether the gradient it writes can be masked by the ReLU its input came from.
  var masksGradient: Bool {
    switch self {
    case CK_CONV2D_GRAD_INPUT, CK_DEPTHWISE_GRAD_INPUT, CK_LINEAR_GRAD_INPUT: true
    default: false
    }
  }
}
