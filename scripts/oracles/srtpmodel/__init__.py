# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A model of SRTP and SRTCP in Python, twice.

The sending half (sender.py, with the classes of aes.py and aria.py) treats IVs,
counters and GHASH as 128-bit integers. The receiving half (receiver.py, with
reference.py and the functions of aes.py and aria.py) works octet by octet, with
its own block ciphers, HMAC, GCM, f8, key derivation and header parser. What
both share are the tables of the ciphers and the table of suites. Both must
reproduce the published known answers (known_answers.py) before anything else
runs, and every row that is written passes through both (check.py).

"RFC 3711" is meant wherever a bare section number is given in these modules.

How the texts are read where they leave a choice
------------------------------------------------

Key derivation
* SRTCP: r = (0 || index) DIV kdr is a 48-bit string, so that the label stays in
  its octet (4.3.2 with erratum 3712).
* A 96-bit master salt stands left in the 112 bits of the PRF input, followed by
  16 zero bits (RFC 7714 11 is silent; the session keys that RFC 9335 A.2 prints
  decide).
* F8, NULL: the AES-CM PRF (4.3.3; RFC 3711 defines no other). ARIA suites: the
  ARIA-CTR PRF of the same key length (RFC 8269 3, 4).
* AES-192, AES-256: the PRF of the same key length (RFC 6188 3.1, SHOULD, and
  its crypto suites).
* Double: PRF_double (RFC 8723 3.1) takes one x, which 24 octets of salt do not
  fit. "The first half of the key and salt is used for the inner" (10.1): each
  half of the key is used with its own half of the salt and half the length. So
  a media distributor with the outer halves has a plain AES-GCM context (9).
* SRTP and SRTCP of different suites: one master key and salt for both (4.3.2);
  each derives session keys and salts of its own lengths (n_e, n_s) with the one
  PRF. Only pairs of equal master key length and PRF are generated.

MKI (3.1; 3.4; RFC 7714 8.2, 9.2, 9.3)
* SRTP: between ciphertext and tag field, for AEAD behind the AEAD tag. SRTCP:
  behind E || index, for AEAD too, whose tag is before that word. No tag covers
  it. The receiver compares it before the replay list (3.3 steps 3, 5).

AEAD (RFC 7714)
* SRTCP, E=1: associated data is the first 8 octets, then the word with E and
  index. E=0: the whole packet, then the word; the tag is before the word (9.3).
* ARIA-GCM: the same with ARIA, IV formation included (RFC 8269 2.2).

Double transform (RFC 8723)
* The inner header has X cleared and no extension; its CSRC list stays (5.1).
* Payload of the outer transform: inner ciphertext, inner tag, one octet 00 as
  the empty OHB. A packet so grows by 33 octets.
* SRTCP and RFC 6904 use the outer halves of key and salt (6; 5.1 step 6).
* Received OHB: octet PT, octets SEQ, octet Config (4). The inner index is
  estimated from a ROC of its own (3).
* Not with Cryptex: "[RFC6904] MUST be used" for extensions (5.1 step 6). Not
  with RCC: there are two ROCs, and no text says which one would be carried.

RFC 6904
* Elements are those of RFC 8285 4.1.2 to 4.3: an ID 15 ends a one-byte
  extension, so does an ID 0 with a length; in the two-byte form an octet 0 is
  padding. Appbits are not an element. An extension of another profile has none.
* n_s of an AEAD suite is 96 bits, but counter mode wants 112 (RFC 6904 3,
  RFC 7714 8.3): the header salt is 14 octets straight from the PRF.
* "rfc6904": "libsrtp" is not from an RFC: padding octets use no keystream, and
  with AES-GCM the header salt is 12 octets from the PRF and two zeros.

Cryptex (RFC 9335)
* Associated data: the 12 fixed octets, then the 4 of the extension header, both
  as they are sent (6.2). Plaintext: CSRC, extension data, payload.
* CSRC without an extension: C0DE 0000 is put in and X set (5.1); the receiver
  gives BEDE 0000 back ("can be left as is", 5.2). C2DE becomes 1000.
* Neither CSRC nor extension: the packet is protected as without Cryptex.
* NULL cipher: the mark changes, the octets do not. f8: one keystream over all.
* No rows: extensions other than RFC 8285's, which MUST NOT be sent; appbits
  other than zero, which C2DE cannot carry; a right tag over C0DE or C2DE at a
  receiver without Cryptex, whose policy decides (5.2 speaks of receivers with).

Roll-over counter carrying (RFC 4771)
* The tag length is the whole tag where the ROC is carried (5, cases 1 and 3),
  and all of it is MAC in mode 2 where it is not (case 4). It takes the place of
  the suite's SRTP tag, of 32 bits too. SRTCP keeps the tag of the suite (2).
* The carried ROC makes the index: for keys and IV, for the replay list as well.
* A late packet does not set the ROC back (RFC 4771 2 read literally would). No
  row depends on that.
* AEAD: mode 3 only, since RFC 7714 7.1 wants no second MAC and keeps the tag
  field for RFC 4771. The 4 octets follow the MKI; the AEAD tag covers the ROC by
  the IV.
* No rows with tags that leave no MAC in modes 1 and 2 (4 octets).

Receiver
* Order: parse, SSRC, MKI, index, replay list, tag, E flag, as in 3.3. Window
  128: lag 128 counts as received.
"""
