import Datasets
import Domain
import Testing

@Suite struct CSVFormatTests {
  /// The content and training rows of a text with an equal test part, so that no row is held out.
  private func read(
    _ text: String, _ options: DatasetOptions = DatasetOptions()
  ) throws -> (DatasetContent, Rows, Fixture) {
    let fixture = Fixture()
    let content = try fixture.seal("csv", ["train": text.bytes, "test": text.bytes], options)
    return (content, try fixture.map(content).fittingRows, fixture)
  }

  @Test func `a header is known by its words and the label by its name`() throws {
    let (content, rows, _) = try read("label,x,y\n0,1,2\n1,3,4.25\n0,5,-6e-1\n1,7,8\n")
    #expect(content.shape == TensorShape(features: 2))
    #expect(content.trainCounts == [2, 2])
    #expect(rows.values(1) == [3, 4.25])
    #expect(rows.values(2) == [5, -0.6])
    #expect(rows.label(1) == 1)
  }

  @Test func `without a header the last column is the label`() throws {
    let (content, rows, _) = try read("1,2,b\n3,4,a\n5,6,b\n7,8,a")
    #expect(content.classes == ["a", "b"])
    #expect(content.trainRows == 4)
    #expect(rows.values(0) == [1, 2])
    #expect((0..<4).map(rows.label) == [1, 0, 1, 0])
  }

  @Test func `a header of numbers is known by its label column`() throws {
    let (content, rows, _) = try read("0,1,target\n5,6,1\n7,8,0\n5,6,1\n7,8,0\n")
    #expect(content.trainRows == 4)
    #expect(rows.values(0) == [5, 6])
  }

  @Test func `the label column may be named or numbered`() throws {
    let named = try read("kind,x\nb,1\na,2\nb,1\na,2\n", DatasetOptions(labelColumn: "kind"))
    #expect(named.0.classes == ["a", "b"])
    let numbered = try read("b,1\na,2\nb,1\na,2\n", DatasetOptions(labelColumn: "1"))
    #expect(numbered.1.values(1) == [2])
    let refusal = try Fixture().refusal(
      "csv", ["train": smallCSV.bytes], DatasetOptions(labelColumn: "class"))
    #expect(refusal?.contains("no label column 'class'; the header names x, y, label") == true)
  }

  @Test func `quotes, semicolons, blanks, carriage returns and a byte order mark are read`() throws
  {
    let (content, rows, _) = try read(
      "\u{FEFF}\"a \"\"x\"\"\";b;label\r\n 1 ;\"2\";\"big; one\"\r\n3;4;small\r\n"
        + "5;6;\"big; one\"\r\n7;8;small\r\n\r\n")
    #expect(content.classes == ["big; one", "small"])
    #expect(rows.count == 4)
    #expect(rows.values(0) == [1, 2])
  }

  @Test func `whole values are stored as bytes, others as floats, both read the same`() throws {
    let bytes = try read("x,label\n" + (0..<8).map { "\($0 * 36),\($0 % 2)\n" }.joined())
    let floats = try read("x,label\n" + (0..<8).map { "\($0 * 37),\($0 % 2)\n" }.joined())
    #expect((0..<8).map { bytes.1.values($0)[0] } == (0..<8).map { Float($0 * 36) })
    #expect((0..<8).map { floats.1.values($0)[0] } == (0..<8).map { Float($0 * 37) })
    #expect(floats.0.maximum == 259 && floats.0.mean == 129.5)
  }

  @Test func `numeric labels are classes in order, gaps or not`() throws {
    let (content, rows, _) = try read("1,7\n2,-3\n3,7.0\n4,-3\n")
    #expect(content.classes == ["-3", "7"])
    #expect((0..<4).map(rows.label) == [1, 0, 1, 0])
  }

  @Test func `whole labels are told apart to the last of 64 bits`() throws {
    let (content, rows, _) = try read(
      "1,9007199254740993\n2,9007199254740992\n3,9007199254740993\n4,9007199254740992\n"
        + "5,9223372036854775805\n6,-9223372036854775808\n7,9223372036854775805.0\n")
    #expect(
      content.classes == [
        "-9223372036854775808", "9007199254740992", "9007199254740993", "9223372036854775805",
      ])
    #expect((0..<7).map(rows.label) == [2, 1, 2, 1, 3, 0, 3])
  }

  @Test func `other spellings of whole labels are the same class`() throws {
    let (content, rows, _) = try read("1,3\n2,3.0\n3,1e2\n4,100\n5,+3\n6,1000e-1\n7,-0\n8,0\n")
    #expect(content.classes == ["0", "3", "100"])
    #expect((0..<8).map(rows.label) == [1, 1, 2, 2, 1, 2, 0, 0])
  }

  @Test(arguments: [
    ("cat", "dog", "cow", "row 4: label 'cow' is none of the class_names cat, dog"),
    ("cat", "dog", "1", "row 4: label '1' is none of the class_names cat, dog"),
    ("0", "1", "cow", "row 4: label 'cow' is no index of the class_names cat, dog"),
    ("0", "1", "2", "row 4: label 2 is out of range; there are 2 class names, 0 to 1"),
  ])
  func `a label that is no class name is named`(
    first: String, second: String, third: String, message: String
  ) throws {
    let text = "x,label\n1,\(first)\n2,\(second)\n3,\(third)\n"
    let refusal = try #require(
      try Fixture().refusal(
        "csv", ["train": text.bytes], DatasetOptions(classNames: ["cat", "dog"])))
    #expect(refusal.contains(message), "\(refusal)")
  }

  @Test func `class names are matched by name, else by index`() throws {
    let names = DatasetOptions(classNames: ["no", "yes"])
    #expect(try read("1,yes\n2,no\n3,yes\n4,no\n", names).1.label(0) == 1)
    #expect(try read("1,1\n2,0\n3,1\n4,0\n", names).1.label(0) == 1)
  }

  @Test func `a shape makes rows images`() throws {
    let (content, _, _) = try read(
      "1,2,3,4,0\n1,2,3,4,1\n1,2,3,4,0\n1,2,3,4,1\n",
      DatasetOptions(shape: TensorShape(height: 2, width: 2, channels: 1)))
    #expect(content.inputKind == .image)
  }

  @Test func `numbers are the nearest floats`() throws {
    let texts = [
      "0.1", "-1.5e3", "3.4028234e38", "1e-45", "123456789012345678901", "0.30000001192092896",
      "+.5", "5.", "1E2",
    ]
    let (_, rows, _) = try read(
      (texts + texts).enumerated().map { "\($0.element),\($0.offset % 2)\n" }.joined())
    for (index, text) in texts.enumerated() {
      #expect(rows.values(index)[0] == Float(text == "5." ? "5.0" : text), "\(text)")
    }
  }

  @Test(arguments: [
    ("", "zero rows: the file is empty"),
    ("x,y,label\n", "zero rows after the header"),
    ("x,y,label\n1,2,0\n1,2\n", "row 3: 2 columns, but the first row has 3"),
    ("x,y,label\n1,2,0\n\n1,2,1\n", "row 3: the line is empty"),
    ("x,y,label\n1,2,0\n1,abc,1\n", "row 3, column 2 ('y'): 'abc' is not a number"),
    ("x,y,label\n1,2,0\n1,,1\n", "row 3, column 2 ('y'): '' is not a number"),
    ("x,y,label\n1,NaN,0\n1,2,1\n", "row 2, column 2 ('y'): 'NaN' is not a finite number"),
    ("1,2,0\n1,-inf,1\n", "row 2, column 2: '-inf' is not a finite number"),
    ("1,2,0\n1,1e39,1\n", "row 2, column 2: '1e39' is not a finite number"),
    ("1,x,0\n1,2,1\n", "row 1, column 2: 'x' is not a number"),
    ("1,2,0\n1,2,0.5\n", "row 2: label 0.5 is not a whole number"),
    ("1,2,0\n1,2,nan\n", "row 2: label nan is not a finite number"),
    ("1,2,0\n1,2,2.9999999999999999999\n", "label 2.9999999999999999999 is not a whole number"),
    (
      "1,2,0\n1,2,9223372036854775808\n",
      "row 2: label 9223372036854775808 is out of range; "
        + "whole numbers go from -9223372036854775808 to 9223372036854775807"
    ),
    ("1,2,0\n1,2,cat\n", "row 2: label 'cat' is not a number, although the first label is one"),
    ("1,2,0\n1,2,\n", "row 2: the label is empty"),
    ("1,2,0\n1,2,0\n1,2,0\n", "one class: every training label is '0'"),
    ("1\n0\n", "row 1: one column"),
    ("1,2,0\n1,\"2,1\n", "a quoted field of row 2 never ends"),
    ("1,2,0\n1,2\"3,1\n", "row 2, column 2: a quote in the middle of a field"),
    ("1,2,0\n3,4,1\n", "2 rows: too few to hold out a test split"),
  ])
  func `a broken file is refused with the row and column`(text: String, message: String) throws {
    let refusal = try #require(try Fixture().refusal("csv", ["train": text.bytes]))
    #expect(refusal.hasPrefix("train: ") || !message.hasPrefix("row"))
    #expect(refusal.contains(message), "\(refusal)")
  }

  @Test func `a label that is not UTF-8 is refused`() throws {
    let bytes = "1,2,a\n1,2,".bytes + [0xFF] + "\n".bytes
    let refusal = try #require(try Fixture().refusal("csv", ["train": bytes]))
    #expect(refusal.contains("row 2, column 3") && refusal.contains("is not UTF-8"), "\(refusal)")
  }

  @Test func `options that cannot be met are refused`() throws {
    func refusal(_ options: DatasetOptions, _ text: String = smallCSV) throws -> String {
      try #require(try Fixture().refusal("csv", ["train": text.bytes], options))
    }
    let shape = try refusal(DatasetOptions(shape: TensorShape(height: 8, width: 8, channels: 1)))
    #expect(shape.contains("shape 8×8×1 does not fit the 2 columns"))
    let out = try refusal(DatasetOptions(classNames: ["a", "b"]), smallCSV + "1,1,2\n")
    #expect(out.contains("row 12: label 2 is out of range; there are 2 class names, 0 to 1"))
    #expect(try refusal(DatasetOptions(classNames: ["a", "a"])).contains("'a' at 1"))
    #expect(try refusal(DatasetOptions(classNames: ["a"])).contains("1 class names"))
    #expect(try refusal(DatasetOptions(testFraction: 0.9)).contains("test_fraction 0.9"))
  }

  @Test func `a test part has the columns and classes of the training part`() throws {
    func refusal(_ test: String) throws -> String {
      try #require(
        try Fixture().refusal("csv", ["train": smallCSV.bytes, "test": test.bytes]))
    }
    #expect(try refusal("x,y,z,label\n1,2,3,0\n").contains("the columns are not those of train"))
    #expect(try refusal("1,2,3,0\n").contains("4 columns, but train has 3"))
    #expect(try refusal("x,y,label\n1,2,7\n").contains("row 2: label 7 is out of range"))
    #expect(try refusal("y,x,label\n1,2,0\n").contains("the columns are not those of train"))
    let words = try #require(
      try Fixture().refusal(
        "csv", ["train": "1,a\n2,b\n3,a\n4,b\n".bytes, "test": "1,c\n".bytes]))
    #expect(words.contains("test: row 1: label 'c' is none of the classes of train a, b"))
  }
}
