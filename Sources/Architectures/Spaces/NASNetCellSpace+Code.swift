package import Domain

/// Cells apart by a bar: `sep_3x3(0)+identity(1) conv_3x3(2)&max_3x3(0) | …`.
extension NASNetCellSpace {
  package func code(of genotype: Genotype) -> String {
    guard let cells = try? cells(of: genotype.decisions), genotype.lies(in: points) else {
      return "?"
    }
    return cells.map(\.code).joined(separator: " | ")
  }

  package func genotype(of code: String) throws -> Genotype {
    let cells = try NASNetCell.cells(
      of: code, count: names.count, blocks: blocks, operations: operations,
      concatenates: searchesCombination)
    return Genotype(
      cells.flatMap(\.blocks).flatMap { block in
        let decisions = [
          block.first.input, block.second.input,
          operations.firstIndex(of: block.first.operation),
          operations.firstIndex(of: block.second.operation),
        ]
        return decisions + (searchesCombination ? [block.concatenates ? 1 : 0] : [])
      })
  }
}
