# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Values that the RFCs and FIPS-197 print, copied from there."""

# FIPS-197 appendix C: one plaintext, keys 00 01 02 ... of three lengths.
FIPS_197 = (
    (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
    (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
    (32, "8ea2b7ca516745bfeafc49904b496089"),
)

# RFC 5794 appendix A: the same plaintext and keys.
RFC_5794 = (
    (16, "d718fbd6ab644c739da95f3be6451778"),
    (24, "26449c1805dbe7aa25a468ce263a9e79"),
    (32, "f92bd7c79fb72e2f2b8f80c1972d24fc"),
)

# RFC 2202 section 3, test cases 2 and 3.
RFC_2202 = (
    (b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
)

# Keystreams in counter mode: key, IV, then offsets in blocks with their blocks.
KEYSTREAMS = (
    ("RFC 3711 B.2", "2b7e151628aed2a6abf7158809cf4f3c",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000", (
         (0x0000, "e03ead0935c95e80e166b16dd92b4eb4"),
         (0x0001, "d23513162b02d0f72a43a2fe4a5f97ab"),
         (0x0002, "41e95b3bb0a2e8dd477901e4fca894c0"),
         (0xFEFF, "ec8cdf7398607cb0f2d21675ea9ea1e4"),
         (0xFF00, "362b7c3c6773516318a077d7fc5073ae"),
         (0xFF01, "6a2cc3787889374fbeb4c81b17ba6c44"),
     )),
    ("RFC 6188 7.1", "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000", (
         (0x0000, "92bdd28a93c3f52511c677d08b5515a4"),
         (0x0001, "9da71b2378a854f67050756ded165bac"),
         (0x0002, "63c4868b7096d88421b563b8c94c9a31"),
         (0xFEFF, "cea518c90fd91ced9cbb18c078a54711"),
         (0xFF00, "3dbc4814f4da5f00a08772b63c6a046d"),
         (0xFF01, "6eb246913062a16891433e97dd01a57f"),
     )),
    ("RFC 6188 7.3", "eab234764e517b2d3d160d587d8c86219740f65f99b6bcf7",
     "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000", (
         (0x0000, "35096cba4610028dc1b57503804ce37c"),
         (0x0001, "5de986291dcce161d5165ec4568f5c9a"),
         (0x0002, "474a40c77894bc17180202272a4c264d"),
         (0xFEFF, "d108d1a31a00bad6367ec23eb044b415"),
         (0xFF00, "c8f57129fdeb970b59f917b257662d4c"),
         (0xFF01, "a5dab625811034e8cebdfeb6dc158dd3"),
     )),
)

# RFC 3711 B.1, AES-f8; its salt has 32 bits.
F8_HEADER, F8_ROC = "806e5cba50681de55c621599", 0xD462564A
F8_KEY = "234829008467be186c3de14aae72d62c"
F8_SALT = "32f2870d"
F8_IV = "006e5cba50681de55c621599d462564a"
F8_PLAIN = ("70736575646f72616e646f6d6e65737320697320746865206e65787420626573"
            "74207468696e67")
F8_CIPHER = ("019ce7a26e7854014a6366aa95d4eefd1ad4172a14f9faf455b7f1d4b62bd08f"
             "562c0eef7c4802")

# Key derivation: block cipher, master key and salt, then labels with their keys.
DERIVATIONS = (
    ("RFC 3711 B.3", "AES", "e1f97a0d3e018be0d64fa32c06de4139",
     "0ec675ad498afeebb6960b3aabe6", (
         (0, "c61e7a93744f39ee10734afe3ff7a087"),
         (2, "30cbbc08863d8c85d49db34a9ae1"),
         (1, "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce"
             "e049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc25"
             "6d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2"),
     )),
    ("RFC 6904 A.1", "AES", "e1f97a0d3e018be0d64fa32c06de4139",
     "0ec675ad498afeebb6960b3aabe6", (
         (6, "549752054d6fb708622c4a2e596a1b93"),
         (7, "ab01818174c40d39a3781f7c2d27"),
     )),
    ("RFC 6188 7.2", "AES", "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
     "3b04803de51ee7c96423ab5b78d2", (
         (0, "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"),
         (2, "fa31791685ca444a9e07c6c64e93"),
         (1, "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"),
     )),
    ("RFC 6188 7.4", "AES", "73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1",
     "c8522f3acd4ce86d5add78edbb11", (
         (0, "31874736a8f1143870c26e4857d8a5b2c4a354407faadabb"),
         (2, "2372b82d639b6d8503a47adc0a6c"),
         (1, "355b10973cd95b9eacf4061c7e1a7151e7cfbfcb"),
     )),
    ("RFC 8269 A.3.1", "ARIA", "e1f97a0d3e018be0d64fa32c06de4139",
     "0ec675ad498afeebb6960b3aabe6", (
         (0, "dbd85a3c4d9219b3e81f7d942e299de4"),
         (2, "9700657f5f34161830d7d85f5dc8"),
         (1, "d021877bd3eaf92d581ed70ddc050e03f11257032676f2a29f57b21abd3a1423"
             "769749bdc5dd9ca5b43ca6b6c1f3a7de4047904bcf811f601cc03eaa5d7af6db"
             "9f88efa2e51ca832fc2a15b126fa7be2469af896acb1852c31d822c45799"),
     )),
    ("RFC 8269 A.3.2", "ARIA", "0c5ffd37a11edc42c325287fc0604f2e3e8cd5671a00fe3216aa5eb105783b54",
     "0ec675ad498afeebb6960b3aabe6", (
         (0, "0649a09d93755fe9c2b2efba1cce930af2e76ce8b77e4b175950321aa94b0cf4"),
         (2, "194abaa8553a8eba8a413a340fc8"),
         (1, "e58d42915873b71899234807334658f20bc460181d06e02b7a9e60f02ff10bfc"
             "9ade3795cf78f3e0f2556d9d913470c4e82e45d254bfb8e2933851a3930ffe7d"
             "fca751c03ec1e77e35e28dac4f17d1a580bdac028766d3b1e8f5a41faa3c"),
     )),
)

# RFC 6904 A.2: SEQ, SSRC, ids, extension data before and after; the keys of A.1.
RFC_6904_SEQ, RFC_6904_SSRC, RFC_6904_IDS = 0x1234, 0xcafebabe, (1, 3, 4)
RFC_6904_PLAIN = "17414273a475262748220000c8308e4655996386b395fb00"
RFC_6904_CIPHER = "17588a9270f4e15e1c220000c8309546a994f0bc54789700"

# Packets under session keys: suite, session key, salt, authentication key, then
# the packet and its protected form. ROC 0.
SESSION_RTP = (
    ("RFC 7714 16.1.1", "AEAD_AES_128_GCM",
     "000102030405060708090a0b0c0d0e0f", "517569642070726f2071756f",
     "",
     "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976"
     "69736120696e207061727465732074726573",
     "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd5"
     "0d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee439"
     "0cce"),
    ("RFC 7714 16.2.1", "AEAD_AES_256_GCM",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "517569642070726f2071756f",
     "",
     "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976"
     "69736120696e207061727465732074726573",
     "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab1801238"
     "9a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a7"
     "6c13"),
    ("RFC 8269 A.1.1", "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
     "0c5ffd37a11edc42c325287fc0604f2e", "cd3a7c42c671e0067a2a2639b43a",
     "f93563311b354748c97891379553063116452309",
     "8008315ebf2e6fe020e8f5ebf57af5fd4ae19562976ec57a5a7ad55a5af5c5e5"
     "c5fdf5c55ad57a4a7272d57262e9729566ed66e97ac54a4a5a7ad5e15ae5fdd5"
     "fd5ac5d56ae56ad5c572d54ae54ac55a956afd6aed5a4ac562957a9516991691"
     "d572fd14e97ae962ed7a9f4a955af572e162f57a956666e17ae1f54a95f566d5"
     "4a66e16e4afd6a9f7ae1c5c55ae5d56afde916c5e94a6ec56695e14afde11484"
     "16e94ad57ac5146ed59d1cc5",
     "8008315ebf2e6fe020e8f5eb1bf753f412e6f35058cc398dc851aae3a6ccdcb4"
     "63fbed9cfb3de2fb76fdffa9e481f5efb64c92487f59dabbc7cc72da092485f3"
     "fbad87888820b86037311fa44330e18a59a1e1338ba2c21458493a57463475c5"
     "4691f91cec785429119e0dfcd9048f90e07fecd50b528e8c62ee6e71445de5d7"
     "f659405135aff3604c2ca4ff4aaca40809cb9eee42cc4ad23230757081ca289f"
     "2851d3315e9568b501fdce6df9de4e729054672b0e35"),
    ("RFC 8269 A.1.2", "SRTP_ARIA_256_CTR_HMAC_SHA1_80",
     "0c5ffd37a11edc42c325287fc0604f2e3e8cd5671a00fe3216aa5eb105783b54",
     "cd3a7c42c671e0067a2a2639b43a",
     "f93563311b354748c97891379553063116452309",
     "8008315ebf2e6fe020e8f5ebf57af5fd4ae19562976ec57a5a7ad55a5af5c5e5"
     "c5fdf5c55ad57a4a7272d57262e9729566ed66e97ac54a4a5a7ad5e15ae5fdd5"
     "fd5ac5d56ae56ad5c572d54ae54ac55a956afd6aed5a4ac562957a9516991691"
     "d572fd14e97ae962ed7a9f4a955af572e162f57a956666e17ae1f54a95f566d5"
     "4a66e16e4afd6a9f7ae1c5c55ae5d56afde916c5e94a6ec56695e14afde11484"
     "16e94ad57ac5146ed59d1cc5",
     "8008315ebf2e6fe020e8f5ebc424c59fd5696305e5b13d8e8ca7656617ccd747"
     "1088af9debf07b55c750f804a5ac2b737be48140958a9b420524112ae72e4da5"
     "bca59d2b1019ddd7dbdc30b43d5f046152ced40947d62d2c93e7b8e50f02db2b"
     "6b61b010e4c1566884de1fa9702cdf8157e8aedfe3dd77c76bb50c25ae4d6246"
     "15c15acfdeeb5f79482aaa01d3e4c05eb601eca2bd10518e9d46b02116359232"
     "e9eac0fabd05235dd09e6dea192f515fab04bbb4e62c"),
    ("RFC 8269 A.2.1", "SRTP_AEAD_ARIA_128_GCM",
     "e91e5e75da65554a48181f3846349562", "000000000000000000000000",
     "",
     "8008315ebf2e6fe020e8f5ebf57af5fd4ae19562976ec57a5a7ad55a5af5c5e5"
     "c5fdf5c55ad57a4a7272d57262e9729566ed66e97ac54a4a5a7ad5e15ae5fdd5"
     "fd5ac5d56ae56ad5c572d54ae54ac55a956afd6aed5a4ac562957a9516991691"
     "d572fd14e97ae962ed7a9f4a955af572e162f57a956666e17ae1f54a95f566d5"
     "4a66e16e4afd6a9f7ae1c5c55ae5d56afde916c5e94a6ec56695e14afde11484"
     "16e94ad57ac5146ed59d1cc5",
     "8008315ebf2e6fe020e8f5eb4d8a9a0675550c704b17d8c9ddc81a5cd6f7da34"
     "f2fe1b3db7cb3dfb9697102ea0f3c1fc2dbc873d44bceeae8e4442974ba21ff6"
     "789d3272613fb9631a7cf3f14bacbeb421633a90ffbe58c2fa6bdca534f10d0d"
     "e0502ce1d531b6336e58878278531e5c22bc6c85bbd784d78d9e680aa19031aa"
     "f89101d669d7a3965c1f7e16229d7463e0535f4e253f5d18187d40b8ae0f564b"
     "d970b5e7e2adfb211e89a9535abace3f37f5a736f4be984bbffbedc1"),
    ("RFC 8269 A.2.2", "SRTP_AEAD_ARIA_256_GCM",
     "0c5ffd37a11edc42c325287fc0604f2e3e8cd5671a00fe3216aa5eb105783b54", "000000000000000000000000",
     "",
     "8008315ebf2e6fe020e8f5ebf57af5fd4ae19562976ec57a5a7ad55a5af5c5e5"
     "c5fdf5c55ad57a4a7272d57262e9729566ed66e97ac54a4a5a7ad5e15ae5fdd5"
     "fd5ac5d56ae56ad5c572d54ae54ac55a956afd6aed5a4ac562957a9516991691"
     "d572fd14e97ae962ed7a9f4a955af572e162f57a956666e17ae1f54a95f566d5"
     "4a66e16e4afd6a9f7ae1c5c55ae5d56afde916c5e94a6ec56695e14afde11484"
     "16e94ad57ac5146ed59d1cc5",
     "8008315ebf2e6fe020e8f5eb6f9e4bcbc8c85fc0128fb1e4a0a20cb9932ff745"
     "81f54fc013dd054b19f99371425b352d97d3f337b90b63d1b082adeeea9d2d73"
     "91897d591b985e55fb50cb5350cf7d38dc27dda127c078a149c8eb98083d6636"
     "3a46e3726af217d3a00275ad5bf772c7610ea4c23006878f0ee69a8397703169"
     "a419303f40b72e4573714d19e2697df61e7c7252e5abc6bade876ac4961bfac4"
     "d5e867afca351a48aed52822e210d6ced2cf430ff841472915e7ef48"),
)

# The same for SRTCP, with index and E flag, without an authentication key.
SESSION_RTCP = (
    ("RFC 7714 17.1", "AEAD_AES_128_GCM",
     "000102030405060708090a0b0c0d0e0f", "517569642070726f2071756f", 0x000005d4, 1,
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
     "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
     "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872"
     "45d9eade800005d4"),
    ("RFC 7714 17.2", "AEAD_AES_256_GCM",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "517569642070726f2071756f", 0x000005d4, 1,
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
     "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50"
     "a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6c"
     "b26ac3be800005d4"),
    ("RFC 7714 17.3", "AEAD_AES_128_GCM",
     "000102030405060708090a0b0c0d0e0f", "517569642070726f2071756f", 0x000005d4, 0,
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef841dd9683dd78ec92ae58790"
     "125f62b3000005d4"),
    ("RFC 7714 17.4", "AEAD_AES_256_GCM",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "517569642070726f2071756f", 0x000005d4, 0,
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
     "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
     "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef91db4afbfeee5a978fab4393"
     "ed2615fe000005d4"),
)

# RFC 9335 appendix A, Cryptex: suite, master key, master salt, then packets at
# ROC 0 with their protected forms.
CRYPTEX = (
    ("AES_CM_128_HMAC_SHA1_80", "e1f97a0d3e018be0d64fa32c06de4139",
     "0ec675ad498afeebb6960b3aabe6", (
         ("A.1.1",
          "900f1235decafbadcafebabebede000151000200abababababababababababab"
          "abababab",
          "900f1235decafbadcafebabec0de0001eb92365251c3e036f8de27e9c27ee3e0"
          "b4651d9fbc4218a70244522f34a5"),
         ("A.1.2",
          "900f1236decafbadcafebabe1000000105020002abababababababababababab"
          "abababab",
          "900f1236decafbadcafebabec2de00014ed9cc4e6a712b3096c5ca77339d4204"
          "ce0d77396cab69585fbce38194a5"),
         ("A.1.3",
          "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababab"
          "abababababababababababab",
          "920f1238decafbadcafebabe8bb6e12b5cff16ddc0de000192838c8c09e58393"
          "e1de3a9a74734d6745671338c3acf11da2df8423bee0"),
         ("A.1.4",
          "920f1239decafbadcafebabe0001e2400000b26e1000000105020002abababab"
          "abababababababababababab",
          "920f1239decafbadcafebabef70e513eb90b9b25c2de0001bbed4848faa64466"
          "5f3d7f34125914e9f4d0ae923c6f479b95a0f7b53133"),
         ("A.1.5",
          "920f123adecafbadcafebabe0001e2400000b26ebede0000abababababababab"
          "abababababababab",
          "920f123adecafbadcafebabe7130b6abfe2ab0e3c0de0000e3d9f64b25c9e74c"
          "b4cf8e43fb92e3781c2c0ceab6b3a499a14c"),
         ("A.1.6",
          "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababab"
          "abababababababab",
          "920f123bdecafbadcafebabecbf24c124330e1c8c2de0000599dd45bc9d687b6"
          "03e8b59d771fd38e88b170e0cd31e125eabe"),
     )),
    ("AEAD_AES_128_GCM", "000102030405060708090a0b0c0d0e0f",
     "a0a1a2a3a4a5a6a7a8a9aaab", (
         ("A.2.1",
          "900f1235decafbadcafebabebede000151000200abababababababababababab"
          "abababab",
          "900f1235decafbadcafebabec0de000139972dc9572c4d99e8fc355de743fb2e"
          "94f9d8ff54e72f4193bbc5c74ffab0fa9fa0fbeb"),
         ("A.2.2",
          "900f1236decafbadcafebabe1000000105020002abababababababababababab"
          "abababab",
          "900f1236decafbadcafebabec2de0001bb75a4c545cd1f413bdb7daa2b1e3263"
          "de313667c963249081b35a65f5cb6c88b394235f"),
         ("A.2.3",
          "920f1238decafbadcafebabe0001e2400000b26ebede000151000200abababab"
          "abababababababababababab",
          "920f1238decafbadcafebabe63bbccc4a7f695c4c0de00018ad7c71fac70a80c"
          "92866b4c6ba98546ef913586e95ffaaffe956885bb0647a8bc094ac8"),
         ("A.2.4",
          "920f1239decafbadcafebabe0001e2400000b26e1000000105020002abababab"
          "abababababababababababab",
          "920f1239decafbadcafebabe3680524f8d312b00c2de0001c78d120038422bc1"
          "11a7187a18246f980c059cc6bc9df8b626394eca344e4b05d80fea83"),
         ("A.2.5",
          "920f123adecafbadcafebabe0001e2400000b26ebede0000abababababababab"
          "abababababababab",
          "920f123adecafbadcafebabe15b6bb4337906fffc0de0000b7b964537a2b03ab"
          "7ba5389ce93317126b5d974df30c6884dcb651c5e120c1da"),
         ("A.2.6",
          "920f123bdecafbadcafebabe0001e2400000b26e10000000abababababababab"
          "abababababababab",
          "920f123bdecafbadcafebabedcb38c9e48bf95f4c2de000061ee432cf9203170"
          "76613258d3ce4236c06ac429681ad08413512dc98b5207d8"),
     )),
)
