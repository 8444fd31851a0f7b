// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whether a description shows `secret`, which stands in `text` behind `introduction`.
///
/// It does not where something else in `text`, which everyone may see, reads the same.
func shows(_ description: String, _ secret: Substring, of text: String, behind introduction: String) -> Bool {
    description.contains(secret) && !text.replacing(introduction + secret, with: introduction).contains(secret)
}
