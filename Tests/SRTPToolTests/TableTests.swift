// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SRTPTool

struct TableTests {
    @Test func columnsAreAsWideAsTheirWidestCell() {
        var table = Table(["name", "count", "note"])
        table.append(["a", "5", "short"])
        table.append(["longer", "1234567", "x"])
        #expect(
            table.text == """
                name      count  note
                ------  -------  -----
                a             5  short
                longer  1234567  x
                """)
    }

    @Test func numbersStandOnTheRight() {
        var table = Table(["value", "mixed"])
        table.append(["-1.5%", "12"])
        table.append(["-", "n/a"])
        #expect(table.text == "value  mixed\n-----  -----\n-1.5%  12\n    -  n/a")
    }

    @Test func aTableMayHaveNoRows() {
        #expect(Table(["one", "two"]).text == "one  two\n---  ---")
    }
}
