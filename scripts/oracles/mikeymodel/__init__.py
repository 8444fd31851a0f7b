# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A model of MIKEY's derivations and pre-shared key exchanges in Python, twice.

The sending half (messages.py, and the plain forms in prf.py and ciphers.py)
builds messages from the fields of a row, with numbers of any size. The
receiving half (receiver.py, and the forms named "reference") parses octet by
octet, verifies, decrypts and derives with its own HMAC, counter mode and
function. Both share the tables of numbers and, of srtpmodel, AES in its two
forms. Known answers (known_answers.py) must hold before anything else runs, and
every row that is written passes through both halves (check.py).

"RFC 3830" is meant wherever a bare section number is given in these modules.

How the texts are read where they leave a choice
------------------------------------------------

Derivation
* A bundle's message keys come from the RAND of its first message, also those of
  updates, which have none (4.1.4, 4.5).
* auth_key is as long as the MAC (4.2.4, SHOULD; RFC 6043 6.2, SHALL).
* A key's salt is the one carried, else it is derived with 0x39A2C14B, as long as
  the cipher of the policy wants it: 14 octets, 12 for AES-GCM (4.1.3, RFC 7714
  12).
* Where a message has several keys, each goes with every crypto session, and the
  SPI tells which is meant (4.4). A TEK is used as it is.

Encryption
* T in the IV is the 64-bit value; a COUNTER has zeros before it. 6.6 says so for
  the input of the PRF only.
* AES key wrap takes what is a multiple of eight octets and nothing else. There
  is no padding in the RFC.
* No key data at all stay zero octets, with every algorithm (6.2).

V (5.2)
* Identity_i || Identity_r || Timestamp are the data of the ID payloads of the
  two messages and the TS value ("identical to those transported"), without type
  and length. What was not transported is nothing.
* An error message (5.1.2) has no ID payload; the identities are those of the
  message that it answers.
* The MAC algorithm of V is the one of KEMAC.
* HDR of an answer has the CSB ID, PRF and map of the message that it answers, V
  being 0, with the SSRCs that the responder has filled in (6.1.1).

Time
* NTP and NTP-UTC are compared alike. The window is 300 seconds each way, and a
  time is taken for the one nearest to the clock, whatever the era (4.2.8).
* A COUNTER must be above the last one.
* An update has a T after that of the message before it in its bundle, so that a
  delayed one does not bring back what was replaced (4.5 wants it new).
"""
