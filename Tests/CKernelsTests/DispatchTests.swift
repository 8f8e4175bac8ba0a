import CKernels
import Testing

@Suite struct DispatchTests {
  @Test func `every operation has a kernel in every supported instruction set`() {
    for isa in fastSets + [CK_REFERENCE_F32, CK_REFERENCE_F64] {
      for op in 0..<CK_OP_COUNT.rawValue {
        #expect(ck_find(isa, ck_op(op)) != nil, "\(setName(isa)) operation \(op)")
      }
      #expect(ck_find(isa, CK_OP_COUNT) == nil)
    }
    #expect(ck_find(CK_ISA_COUNT, CK_RELU) == nil)
  }

  @Test func `the best set is supported, and the scalar twins always are`() {
    #expect(ck_supported(ck_best()) == 1)
    #expect(ck_supported(CK_GENERIC) == 1)
    #expect(ck_supported(CK_REFERENCE_F64) == 1)
  }

  @Test func `controls take the bytes they promise`() {
    #expect(MemoryLayout<ck_controls>.size == CK_CONTROLS_BYTES)
  }

  @Test func `a list of calls runs in order`() {
    var arena = TestArena()
    let x = arena.vector(5)
    let y = arena.vector(5)
    var fill = ck_new_call(ck_find(ck_best(), CK_FILL))
    fill.set(CK_V_Y, x)
    fill.set(CK_F_VALUE, real: 3)
    var copy = ck_new_call(ck_find(ck_best(), CK_COPY))
    copy.set(CK_V_X, x)
    copy.set(CK_V_Y, y)
    arena.run([fill, copy])
    #expect(arena.read(y) == [3, 3, 3, 3, 3])
  }
}
