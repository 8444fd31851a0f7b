#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares every RTP and RTCP field that tshark shows with what `srtp inspect --json --packets` says of it.

usage: scripts/oracles/compare_with_tshark.py [--every-type] [--limit N] SRTP CAPTURE...

Prints a row for each type: its packets, the values compared, the differences, and the values of ours that tshark does
not show. What tshark does not take apart is compared as octets, with those that the fields of ours make up again.
`--every-type` asks for at least one comparison of each type in REQUIRED. Ends with 0 when all agree, else with 1.
"""
import argparse
import collections
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

# What tshark says of the capture and not of the packet, or works out by itself.
IGNORED = re.compile(
    r"$|_ws\.|srtp\.|rtcp\.(length_check|setup|lsr-frame|roundtrip)|"
    r"rtp\.(setup|extseq|csrc\.items|hdr_exts|fragment|reassembled)")

# What of ours repeats in words or in other units what stands before it.
COMPANION = re.compile(
    r"(ntp_time|absolute_expiration_time|_seconds|_per_second|_name|\bbuckets\[\]|native_rpsi_bit_count)$")

REQUIRED = [
    "RTP", "SR", "RR", "SDES", "BYE", "APP", "RTPFB Generic NACK", "RTPFB TMMBR", "RTPFB TMMBN", "RTPFB RTCP-SR-REQ",
    "RTPFB RAMS", "RTPFB RTCP-ECN-FB", "RTPFB CCFB", "RTPFB TWCC", "PSFB PLI", "PSFB SLI", "PSFB RPSI", "PSFB FIR",
    "PSFB TSTR", "PSFB TSTN", "PSFB VBCM", "PSFB AFB", "PSFB REMB", "XR", "XR Loss RLE", "XR Duplicate RLE",
    "XR Packet Receipt Times", "XR Receiver Reference Time", "XR DLRR", "XR Statistics Summary", "XR VoIP Metrics",
    "FIR", "NACK", "SMPTETC", "IJ", "AVB", "RSI", "TOKEN", "IDMS",
]


# Fields of ours, and how tshark writes them

def leaves(value, path=""):
    """Every value with its path: `report_blocks[].ssrc`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path + "[]")
    else:
        yield path, value


def number(value):
    """A number; an SSRC is a string of eight hex digits."""
    return int(value, 16) if isinstance(value, str) else int(value)


def text(entry, name):
    """The octets of a text: those beside it where it was not UTF-8. None where there is no such text."""
    return [entry.get(name + "_octets", entry[name].encode().hex())] if name in entry else []


class Rule:
    """A field of tshark's, `shown` as a value, and what it is compared with: ours at `paths`, or what `read` makes of it."""

    def __init__(self, name, *paths, read=None, shown):
        self.name, self.paths, self.read, self.shown = name, paths, read, shown

    def ours(self, fields):
        if self.read:
            return self.read(fields)
        convert = str if self.shown is octets else number
        return [convert(value) for path in self.paths for place, value in leaves(fields) if place == path]


def integer(element):
    return int(element.get("show"), 0)


def octets(element):
    return element.get("value") or ""


def words(element):
    return element.get("show")


def after_colon(element):
    return element.get("showname").partition(": ")[2]


def integers(name, *paths, read=None, shown=integer):
    return Rule(name, *paths, read=read, shown=shown)


def hexes(name, *paths, read=None):
    return Rule(name, *paths, read=read, shown=octets)


def time(stem):
    return [
        integers("rtcp.timestamp.ntp.msw", f"{stem}_timestamp_msw"),
        integers("rtcp.timestamp.ntp.lsw", f"{stem}_timestamp_lsw"),
        Rule("rtcp.timestamp.ntp", f"{stem}_time", read=lambda fields: [fields[f"{stem}_time"]], shown=words),
    ]


def sdes_items(fields):
    return [item for chunk in fields["chunks"] for item in chunk["items"]]


def sdes_types(fields):
    """With the null that ends each chunk's items, which tshark shows as a type."""
    return [kind for chunk in fields["chunks"]
            for kind in [item["type"] for item in chunk["items"]] + [0] * (chunk["null_octets"] > 0)]


def extension_gaps(fields):
    """The zeros before elements of a header extension: tshark calls them padding, and leaves out those at the end."""
    extension = fields.get("header_extension", {})
    data, place, gaps = bytes.fromhex(extension.get("data", "")), 0, []
    head = 1 if extension.get("defined_by_profile") == 0xBEDE else 2
    for element in extension.get("elements", []):
        start = place
        while data[place] == 0:
            place += 1
        gaps += [data[start:place].hex()] * (place > start)
        place += head + element["length"]
    return gaps


def extension_words(fields):
    """tshark takes an extension that is not RFC 8285's for words."""
    extension = fields.get("header_extension", {})
    data = "" if "elements" in extension else extension.get("data", "")
    return [int(data[place:place + 8], 16) for place in range(0, len(data), 8)]


# Octets of what tshark does not take apart, made of our fields by the RFCs

def u8(value):
    return f"{value:02x}"


def u16(value):
    return f"{value:04x}"


def u32(value):
    return f"{value:08x}"


def stamp(fields, stem):
    return u32(fields[f"{stem}_timestamp_msw"]) + u32(fields[f"{stem}_timestamp_lsw"])


def header(fields):
    """RFC 3550 section 6.4.1."""
    count = next(fields[name] for name in (
        "count", "reception_report_count", "source_count", "subtype", "feedback_message_type", "sub_message_type",
        "reserved") if name in fields)
    first = fields["version"] << 6 | fields["padding"] << 5 | count
    return u8(first) + u8(fields["packet_type"]) + u16(fields["length"])


def trailer(fields):
    return fields["padding_data"] + u8(fields["padding_count"]) if fields["padding"] else ""


def ssrcs(fields):
    return fields["ssrc_of_packet_sender"] + fields["ssrc_of_media_source"]


def ecn(fields):
    """RFC 6679 section 5.1."""
    return ssrcs(fields) + u32(fields["extended_highest_sequence_number"]) + u32(fields["ect_0_counter"]) + u32(
        fields["ect_1_counter"]) + "".join(u16(fields[name]) for name in (
            "ecn_ce_counter", "not_ect_counter", "lost_packets_counter", "duplication_counter"))


def ccfb(fields):
    """RFC 8888 section 3.1."""
    body = fields["ssrc_of_packet_sender"]
    for stream in fields["streams"]:
        body += stream["ssrc"] + u16(stream["begin_seq"]) + u16(stream["num_reports"])
        body += "".join(u16(metric["received"] << 15 | metric["ecn"] << 13 | metric["arrival_time_offset"])
                        for metric in stream["metrics"])
        body += u16(stream["zero_padding"]) if "zero_padding" in stream else ""
    return body + u32(fields["report_timestamp"])


def rpsi(fields):
    """RFC 4585 section 6.3.3."""
    return ssrcs(fields) + u8(fields["pb"]) + u8(fields["zero_bit"] << 7 | fields["payload_type"]) + fields[
        "native_rpsi_bit_string"]


def trade_off(fields):
    """RFC 5104 sections 4.3.2 and 4.3.3."""
    return ssrcs(fields) + "".join(
        entry["ssrc"] + u32(entry["seq_nr"] << 24 | entry["reserved"] << 5 | entry["index"])
        for entry in fields["entries"])


def vbcm(fields):
    """RFC 5104 section 4.3.4."""
    return ssrcs(fields) + "".join(
        entry["ssrc"] + u8(entry["seq_nr"]) + u8(entry["zero_bit"] << 7 | entry["payload_type"]) + u16(entry["length"])
        + entry["vbcm_octet_string"] + entry["padding"] for entry in fields["entries"])


def rsi(fields):
    """RFC 5760 sections 7.1.1 to 7.1.12."""
    body = fields["ssrc"] + fields["summarized_ssrc"] + stamp(fields, "ntp")
    for block in fields["sub_report_blocks"]:
        kind = block["srbt"]
        body += u8(kind) + u8(block["length"])
        if kind in (0, 1):
            body += u16(block["port"]) + block["address"]
        elif kind == 2:
            body += u16(block["port"]) + text(block, "address")[0] + "00" * block["null_octets"]
        elif kind in (4, 5, 6, 7):
            body += u16(block["ndb"] << 4 | block["mf"]) + u32(block["minimum_distribution_value"])
            body += u32(block["maximum_distribution_value"]) + block["distribution_buckets"]
        elif kind == 8:
            body += u16(block["reserved"]) + "".join(block["collision_ssrcs"])
        elif kind == 10:
            body += u16(block["reserved"]) + u32(block["median_fraction_lost"] << 24 | block["highest_cumulative_lost"])
            body += u32(block["median_interarrival_jitter"])
        elif kind == 11:
            body += u16(block["sender"] << 15 | block["receivers"] << 14 | block["reserved"])
            body += u32(block["rtcp_bandwidth"])
        elif kind == 12:
            body += u16(block["average_packet_size"]) + u32(block["receiver_group_size"])
        else:
            body += block["contents"]
    return body


def token(fields):
    """RFC 6284 sections 4.1 to 4.4."""
    kind, body = fields["sub_message_type"], fields["ssrc_of_packet_sender"]
    element = u16(fields["token_length"]) + fields["token"] + fields["token_padding"] if "token" in fields else ""
    if kind == 1:
        return body + fields["random_nonce"]
    if kind == 2:
        return (body + fields["ssrc_of_requesting_client"] + fields["associated_nonce"] + element
                + stamp(fields, "absolute_expiration") + u32(fields["relative_expiration_time"])
                + u8(fields["packet_types_length"]) + "".join(map(u8, fields["packet_types"]))
                + fields["packet_types_padding"])
    if kind == 3:
        return body + fields["associated_nonce"] + element + stamp(fields, "associated_absolute_expiration")
    if kind == 4:
        return body + fields["ssrc_of_requesting_client"] + u32(
            fields["failed_pt"] << 24 | fields["fmt"] << 19 | fields["reserved"]) + fields["associated_nonce"]
    return body + fields["octets"]


def idms(fields):
    """RFC 7272 section 7."""
    return (ssrcs(fields) + u32(fields["media_stream_correlation_identifier"]) + stamp(fields, "packet_received_ntp")
            + u32(fields["packet_received_rtp_timestamp"]) + stamp(fields, "packet_presented_ntp"))


def afb(fields):
    return ssrcs(fields) + fields["application_message"]


def raw(fields):
    return fields["octets"]


BODIES = {
    "RTPFB RTCP-ECN-FB": ecn, "RTPFB CCFB": ccfb, "PSFB RPSI": rpsi, "PSFB TSTR": trade_off, "PSFB TSTN": trade_off,
    "PSFB VBCM": vbcm, "PSFB AFB": afb, "SMPTETC": raw, "AVB": raw,
    "IJ": lambda fields: "".join(map(u32, fields["interarrival_jitters"])),  # RFC 5450 section 4
    "RSI": rsi, "TOKEN": token, "IDMS": idms, "RTCP": raw,
}


def fci(body):
    """What stands behind the two SSRCs of feedback, where tshark leaves it as octets."""
    return hexes("rtcp.fci", read=lambda fields: [octet for octet in [body(fields)[16:]] if octet])


# Rules by type

HEADER = [
    integers("rtcp.version", "version"), integers("rtcp.padding", "padding"), integers("rtcp.pt", "packet_type"),
    integers("rtcp.length", "length"), hexes("rtcp.padding.data", "padding_data"),
    integers("rtcp.padding.count", "padding_count"),
]
REPORT = [
    integers("rtcp.rc", "reception_report_count"), integers("rtcp.ssrc.identifier", "report_blocks[].ssrc"),
    integers("rtcp.ssrc.fraction", "report_blocks[].fraction_lost"),
    integers("rtcp.ssrc.cum_nr", "report_blocks[].cumulative_lost"),
    integers("rtcp.ssrc.ext_high", "report_blocks[].extended_highest_sequence_number"),
    integers("rtcp.ssrc.high_cycles", "report_blocks[].sequence_number_cycles"),
    integers("rtcp.ssrc.high_seq", "report_blocks[].highest_sequence_number"),
    integers("rtcp.ssrc.jitter", "report_blocks[].interarrival_jitter"),
    integers("rtcp.ssrc.lsr", "report_blocks[].last_sr"),
    integers("rtcp.ssrc.dlsr", "report_blocks[].delay_since_last_sr"),
    # [MS-RTP] section 2.2.12.1 has a type and a length at the start; RFC 3550 section 6.4.3 has octets.
    integers("rtcp.profile-specific-extension.type", "profile_specific_extensions",
             read=lambda fields: [int(octet[:4], 16) for octet in extensions(fields)]),
    integers("rtcp.profile-specific-extension.length",
             read=lambda fields: [int(octet[4:8], 16) for octet in extensions(fields)]),
    hexes("rtcp.profile-specific-extension", read=lambda fields: [octet[8:] for octet in extensions(fields)]),
]


def app_data(fields, as_string):
    data = fields["application_dependent_data"]
    return [data] * (as_string == all(0x20 <= octet < 0x7F for octet in bytes.fromhex(data)))


def extensions(fields):
    return [fields["profile_specific_extensions"]] * (fields["profile_specific_extensions"] != "")


FEEDBACK = [
    integers("rtcp.senderssrc", "ssrc_of_packet_sender"), integers("rtcp.mediassrc", "ssrc_of_media_source"),
    integers("rtcp.rtpfb.fmt", read=lambda fields: [fields["feedback_message_type"]] * (fields["packet_type"] == 205)),
    integers("rtcp.psfb.fmt", "feedback_message_type",
             read=lambda fields: [fields["feedback_message_type"]] * (fields["packet_type"] == 206)),
]
LIMITS = FEEDBACK + [
    integers("rtcp.rtpfb.tmmbr.fci.ssrc", "entries[].ssrc"),
    integers("rtcp.rtpfb.tmmbr.fci.exp", "entries[].mxtbr_exp"),
    integers("rtcp.rtpfb.tmmbr.fci.mantissa", "entries[].mxtbr_mantissa"),
    integers("rtcp.rtpfb.tmmbr.fci.measuredoverhead", "entries[].measured_overhead"),
    Rule("rtcp.rtpfb.tmmbr.fci.bitrate", read=lambda fields: [
        f"{entry['mxtbr_mantissa']}*2^{entry['mxtbr_exp']}" for entry in fields["entries"]], shown=after_colon),
]

RULES = {
    "RTP": [
        integers("rtp.version", "version"), integers("rtp.padding", "padding"), integers("rtp.ext", "extension"),
        integers("rtp.cc", "csrc_count"), integers("rtp.marker", "marker"), integers("rtp.p_type", "payload_type"),
        integers("rtp.seq", "sequence_number"), integers("rtp.timestamp", "timestamp"), integers("rtp.ssrc", "ssrc"),
        integers("rtp.csrc.item", "csrcs[]"), integers("rtp.ext.profile", "header_extension.defined_by_profile"),
        integers("rtp.ext.len", "header_extension.length"),
        integers("rtp.hdr_ext", "header_extension.data", read=extension_words),
        integers("rtp.ext.rfc5285.id", "header_extension.elements[].id"),
        integers("rtp.ext.rfc5285.len", "header_extension.elements[].length"),
        hexes("rtp.ext.rfc5285.data", "header_extension.elements[].data", read=lambda fields: [
            element["data"] for element in fields.get("header_extension", {}).get("elements", []) if element["data"]]),
        integers("rtp.ext.rfc5285.appbits", "header_extension.appbits", read=lambda fields: [
            fields["header_extension"]["appbits"] for _ in fields["header_extension"]["elements"]
        ] if "appbits" in fields.get("header_extension", {}) else []),
        integers("rtp.payload", "payload_length", shown=lambda element: len(octets(element)) // 2),
        hexes("rtp.padding.data", "padding_data", read=lambda fields: extension_gaps(fields) + [
            fields[name] for name in ["padding_data"] if fields.get(name)]),
        integers("rtp.padding.count", "padding_count"),
    ],
    "SR": REPORT + time("ntp") + [
        integers("rtcp.senderssrc", "ssrc_of_sender"), integers("rtcp.timestamp.rtp", "rtp_timestamp"),
        integers("rtcp.sender.packetcount", "sender_packet_count"),
        integers("rtcp.sender.octetcount", "sender_octet_count")],
    "RR": REPORT + [integers("rtcp.senderssrc", "ssrc_of_packet_sender")],
    "SDES": [
        integers("rtcp.sc", "source_count"), integers("rtcp.ssrc.identifier", "chunks[].ssrc"),
        integers("rtcp.sdes.type", "chunks[].items[].type", "chunks[].null_octets", read=sdes_types),
        integers("rtcp.sdes.length", "chunks[].items[].length"),
        hexes("rtcp.sdes.text", "chunks[].items[].text", "chunks[].items[].value",
              "chunks[].items[].text_octets", "chunks[].items[].value_octets", read=lambda fields: [
                  octet for item in sdes_items(fields) for octet in text(item, "text") + text(item, "value") if octet]),
        integers("rtcp.sdes.prefix.length", "chunks[].items[].prefix_length"),
        hexes("rtcp.sdes.prefix.string", "chunks[].items[].prefix", "chunks[].items[].prefix_octets",
              read=lambda fields: [octet for item in sdes_items(fields) for octet in text(item, "prefix")]),
    ],
    "BYE": [
        integers("rtcp.sc", "source_count"), integers("rtcp.ssrc.identifier", "sources[]"),
        integers("rtcp.sdes.length", "reason_length"),
        hexes("rtcp.sdes.text", "reason_for_leaving", "reason_for_leaving_octets",
              read=lambda fields: text(fields, "reason_for_leaving")),
    ],
    "APP": [
        integers("rtcp.app.subtype", "subtype"), integers("rtcp.ssrc.identifier", "ssrc"),
        hexes("rtcp.app.name", "name", "name_octets", read=lambda fields: text(fields, "name")),
        # tshark shows data that are all printable, or none, as a string.
        hexes("rtcp.app.data", "application_dependent_data", read=lambda fields: app_data(fields, as_string=False)),
        hexes("rtcp.app.data_str", "application_dependent_data", read=lambda fields: app_data(fields, as_string=True)),
    ],
    "RTPFB Generic NACK": FEEDBACK + [
        # The numbers of BLP follow that of PID under the same name, and are not reduced modulo 2^16.
        integers("rtcp.rtpfb.nack_pid", "entries[].pid", "entries[].lost[]",
                 read=lambda fields: [number for entry in fields["entries"] for number in entry["lost"]],
                 shown=lambda element: integer(element) & 0xFFFF),
        integers("rtcp.rtpfb.nack_blp", "entries[].blp")],
    "RTPFB TMMBR": LIMITS,
    "RTPFB TMMBN": LIMITS,
    "RTPFB RTCP-SR-REQ": FEEDBACK + [fci(ssrcs)],
    "RTPFB TWCC": FEEDBACK + [
        integers("rtcp.rtpfb.transportcc.baseseq", "base_sequence_number"),
        integers("rtcp.rtpfb.transportcc.statuscount", "packet_status_count"),
        integers("rtcp.rtpfb.transportcc.reftime", "reference_time"),
        integers("rtcp.rtpfb.transportcc.pktcount", "feedback_packet_count"),
        integers("rtcp.rtpfb.transportcc.pktchunk", "packet_chunks[].bits"),
        # tshark has deltas as octets.
        integers("rtcp.rtpfb.transportcc.recv_delta", "receive_deltas[]",
                 read=lambda fields: [delta & 0xFFFF for delta in fields["receive_deltas"]]),
        hexes("rtcp.rtpfb.transportcc.recv_delta.padding", "null_octets", read=lambda fields: [
            octet for octet in ["00" * fields["null_octets"] + trailer(fields)] if octet]),
    ],
    "RTPFB RTCP-ECN-FB": FEEDBACK + [fci(ecn)],
    # To tshark the first word behind the sender is the media source, whichever the format.
    "RTPFB CCFB": FEEDBACK + [fci(ccfb), integers("rtcp.mediassrc", read=lambda fields: [number(ccfb(fields)[8:16])])],
    "RTPFB": FEEDBACK + [hexes("rtcp.fci", "feedback_control_information")],
    "PSFB PLI": FEEDBACK,
    "PSFB RPSI": FEEDBACK + [fci(rpsi)],
    "PSFB TSTR": FEEDBACK + [fci(trade_off)],
    "PSFB TSTN": FEEDBACK + [fci(trade_off)],
    "PSFB VBCM": FEEDBACK + [fci(vbcm)],
    "PSFB SLI": FEEDBACK + [
        integers("rtcp.psfb.fir.sli.first", "entries[].first"),
        integers("rtcp.psfb.fir.sli.number", "entries[].number"),
        integers("rtcp.psfb.fir.sli.picture_id", "entries[].picture_id")],
    "PSFB FIR": FEEDBACK + [
        integers("rtcp.psfb.fir.fci.ssrc", "entries[].ssrc"), integers("rtcp.psfb.fir.fci.csn", "entries[].seq_nr"),
        integers("rtcp.psfb.fir.fci.reserved", "entries[].reserved")],
    "PSFB REMB": FEEDBACK + [
        hexes("rtcp.psfb.remb.identifier", "unique_identifier", read=lambda fields: text(fields, "unique_identifier")),
        integers("rtcp.psfb.remb.fci.number_ssrcs", "num_ssrc"), integers("rtcp.psfb.remb.fci.br_exp", "br_exp"),
        integers("rtcp.psfb.remb.fci.br_mantissa", "br_mantissa"),
        integers("rtcp.psfb.remb.fci.ssrc", "ssrc_feedback[]"),
        Rule("rtcp.psfb.remb.fci.bitrate", "bits_per_second",
             read=lambda fields: [str(int(fields["bits_per_second"]))], shown=after_colon),
    ],
    # [MS-RTP] has a type and a length in its application layer feedback; RFC 4585 section 6.4 has octets.
    "PSFB AFB": FEEDBACK + [
        integers("rtcp.psfb.ms.afb_type", read=lambda fields: [int(fields["application_message"][:4], 16)]),
        integers("rtcp.psfb.ms.length", read=lambda fields: [int(fields["application_message"][4:8], 16)])],
    "PSFB": FEEDBACK + [hexes("rtcp.fci", "feedback_control_information")],
    "FIR": [integers("rtcp.rc", "count"), integers("rtcp.ssrc.identifier", "ssrc")],
    "NACK": [
        integers("rtcp.rc", "count"), integers("rtcp.ssrc.identifier", "ssrc"),
        integers("rtcp.nack.fsn", "first_sequence_number"),
        integers("rtcp.nack.blp", "bitmask_of_following_lost_packets")],
    # IEEE 1733, which is octets to us.
    "AVB": [integers("rtcp.app.subtype", "count")] + [
        hexes(name, "octets", read=lambda fields, part=part: [fields["octets"][2 * part.start:2 * part.stop]])
        for name, part in [
            ("rtcp.ssrc.identifier", slice(0, 4)), ("rtcp.app.name", slice(4, 8)),
            ("rtcp.timebase_indicator", slice(8, 10)), ("rtcp.identity", slice(10, 20)),
            ("rtcp.stream_id", slice(20, 28)), ("rtcp.timestamp.as", slice(28, 32)),
            ("rtcp.timestamp.rtp", slice(32, 36))]],
    "RSI": time("ntp") + [integers("rtcp.ssrc.identifier", "ssrc", "summarized_ssrc")],
    "TOKEN": [
        integers("rtcp.app.subtype", "sub_message_type"), integers("rtcp.ssrc.identifier", "ssrc_of_packet_sender")],
    "XR": [integers("rtcp.senderssrc", "ssrc")],
}

# Blocks of XR, each with its first word.
BLOCK = [integers("rtcp.xr.bt", "block_type"), integers("rtcp.xr.bl", "block_length")]
SPECIFIC = [integers("rtcp.xr.bs", "type_specific")]
RANGE = [
    integers("rtcp.ssrc.identifier", "ssrc_of_source"), integers("rtcp.xr.beginseq", "begin_seq"),
    integers("rtcp.xr.endseq", "end_seq")]
RUNS = RANGE + [
    integers("rtcp.xr.tf", "thinning"),
    integers("rtcp.xr.chunk.length", "chunks[].run_length"),
    integers("rtcp.xr.chunk.bit_vector", "chunks[].bit_vector"),
    hexes("rtcp.xr.chunk.null_terminator", "chunks[].null",
          read=lambda block: ["" for chunk in block["chunks"] if "null" in chunk]),
]


def mos(name, path):
    return hexes(name, path, read=lambda block: [f"{block[path]:02x}"])


BLOCK_RULES = {
    1: RUNS,
    2: RUNS,
    3: RANGE + [integers("rtcp.xr.tf", "thinning"), integers("rtcp.xr.receipt_time_seq", "receipt_times[]")],
    4: SPECIFIC + [
        Rule("rtcp.xr.timestamp", "ntp_time", "ntp_timestamp_msw", "ntp_timestamp_lsw",
             read=lambda block: [(block["ntp_time"], stamp(block, "ntp"))],
             shown=lambda element: (words(element), octets(element)))],
    5: SPECIFIC + [
        integers("rtcp.ssrc.identifier", "sub_blocks[].ssrc"), integers("rtcp.xr.lrr", "sub_blocks[].last_rr"),
        integers("rtcp.xr.dlrr", "sub_blocks[].delay_since_last_rr")],
    6: RANGE + [
        integers("rtcp.xr.stats.lrflag", "loss_report_flag"),
        integers("rtcp.xr.stats.dupflag", "duplicate_report_flag"),
        integers("rtcp.xr.stats.jitterflag", "jitter_flag"), integers("rtcp.xr.stats.ttl", "ttl_or_hop_limit_flag"),
        integers("rtcp.xr.stats.lost", "lost_packets"), integers("rtcp.xr.stats.dups", "dup_packets"),
        *(integers(f"rtcp.xr.stats.{short}{theirs}", f"{short}_{ours}")
          for theirs, ours in [("jitter", "jitter"), ("ttl", "ttl_or_hl")] for short in ["min", "max", "mean", "dev"]),
    ],
    7: SPECIFIC + [
        integers("rtcp.ssrc.identifier", "ssrc_of_source"), integers("rtcp.ssrc.fraction", "loss_rate"),
        integers("rtcp.ssrc.discarded", "discard_rate"),
        *(integers(f"rtcp.xr.voipmetrics.{theirs}", ours) for theirs, ours in [
            ("burstdensity", "burst_density"), ("gapdensity", "gap_density"), ("burstduration", "burst_duration"),
            ("gapduration", "gap_duration"), ("rtdelay", "round_trip_delay"), ("esdelay", "end_system_delay"),
            ("signallevel", "signal_level"), ("noiselevel", "noise_level"), ("rerl", "rerl"), ("gmin", "gmin"),
            ("rfactor", "r_factor"), ("extrfactor", "ext_r_factor"), ("plc", "packet_loss_concealment"),
            ("jba", "jitter_buffer_adaptive"), ("jbrate", "jitter_buffer_rate"), ("jbnominal", "jb_nominal"),
            ("jbmax", "jb_maximum"), ("jbabsmax", "jb_abs_max")]),
        mos("rtcp.xr.voipmetrics.moslq", "mos_lq"), mos("rtcp.xr.voipmetrics.moscq", "mos_cq"),
    ],
}


# What tshark 4.0 gets wrong

class Known:
    """A mistake of tshark's: the types and fields that it is about, when it is made, and why ours is right.

    It excuses a difference, not a field: where the two agree, or differ otherwise than `when` foresees, nothing is
    passed over.
    """

    def __init__(self, why, title, name, when):
        self.why, self.title, self.name, self.when = why, re.compile(title), re.compile(name), when

    def covers(self, packet, name, ours, theirs):
        return bool(self.title.fullmatch(packet.title) and self.name.fullmatch(name)
                    and self.when(packet, ours, theirs))


def starts(longer, shorter):
    """Whether values are more of the same, or one string of octets is longer."""
    return longer[:len(shorter)] == shorter or (
        len(longer) == len(shorter) == 1 and str(longer[0]).startswith(str(shorter[0])))


def has_padding(packet):
    return packet.fields["padding"]


def has_symbols_left(packet):
    """Whether the chunks of transport-wide feedback have room for more packets than there are."""
    room = sum(len(chunk["symbols"]) if "symbols" in chunk else chunk["run_length"]
               for chunk in packet.fields.get("packet_chunks", []))
    return room > packet.fields.get("packet_status_count", room)


def stops_reading(packet):
    """Whether tshark does not find the end of a packet, and so the next one."""
    unknown = packet.title in ("SMPTETC", "IJ", "IDMS", "PSFB AFB") or packet.title.startswith("RTCP ")
    return unknown or has_symbols_left(packet)


def is_all_padding(packet):
    """Whether the count at the end of an RTP packet is 0, or more than stands behind the header."""
    octets = bytes.fromhex(packet.octets)
    size = 12 + 4 * (octets[0] & 0x0F)
    if octets[0] & 0x10:
        size += 4 + 4 * int.from_bytes(octets[size + 2:size + 4], "big")
    return octets[0] & 0x20 and not 0 < octets[-1] <= len(octets) - size


def without_dates_of_zero(values):
    return ["NULL" if re.search(r"Jan  1, 1970 00:00:00\.0|NULL", str(value)) else value for value in values]


KNOWN = [
    Known("padding is read as further fields (RFC 3550 section 6.4.1: it is not part of the packet's information)",
          "SR|RR|BYE|RTPFB .*|PSFB .*", r"rtcp\..*",
          lambda packet, ours, theirs: has_padding(packet) and starts(theirs, ours)),
    Known("padding is looked for in the wrong place (RFC 3550 section 6.4.1: it ends the packet)",
          "SMPTETC|IJ|APP", r"rtcp\.padding\.(data|count)", lambda packet, ours, theirs: has_padding(packet)),
    Known("too much padding is taken off the data (RFC 3550 section 6.4.1)",
          "APP", r"rtcp\.app\.data", lambda packet, ours, theirs: has_padding(packet) and starts(ours, theirs)),
    Known("a timestamp of zero is read as a date (RFC 3550 section 6.4.1: the sender has no clock)",
          "SR|RSI|XR", r"rtcp\.(timestamp\.ntp|xr\.timestamp)",
          lambda packet, ours, theirs: without_dates_of_zero(theirs) == without_dates_of_zero(ours)),
    Known("the measured overhead is read from 8 bits (RFC 5104 section 4.2.1.1: 9 bits)",
          "RTPFB TMMB[RN]", r"rtcp\.rtpfb\.tmmbr\.fci\.measuredoverhead",
          lambda packet, ours, theirs: theirs[:len(ours)] == [value & 0xFF for value in ours] and (
              len(ours) == len(theirs) or has_padding(packet))),
    Known("the bit rate is reduced modulo 2^64 (draft-alvestrand-rmcat-remb-03 section 2.2: mantissa * 2^exp)",
          "PSFB REMB", r"rtcp\.psfb\.remb\.fci\.bitrate",
          lambda packet, ours, theirs: theirs == [str(int(ours[0]) & 0xFFFF_FFFF_FFFF_FFFF)]),
    Known("symbols beyond the packet status count are given deltas, and what is left over is read as another message "
          "(draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1: the count is that of packets)",
          "RTPFB TWCC", r"rtcp\.rtpfb\.transportcc\..*",
          lambda packet, ours, theirs: has_symbols_left(packet) and starts(theirs, ours)),
    Known("behind deltas for symbols beyond the packet status count fewer octets are left (ditto)",
          "RTPFB TWCC", r"rtcp\.rtpfb\.transportcc\.recv_delta\.padding",
          lambda packet, ours, theirs: has_symbols_left(packet)),
    Known("packets behind one that is not taken apart are not read, or not from their start (RFC 3550 section 6.1)",
          ".*", "packet", lambda packet, ours, theirs: any(map(stops_reading, packet.before))),
    Known("the padding is none, or longer than the packet: not RTP, or encrypted (RFC 3550 appendix A.1)",
          "no rtp", "packet", lambda packet, ours, theirs: packet.octets and is_all_padding(packet)),
    Known("an element without data at the end of the extension is left out (RFC 8285 section 4.3: 0 to 255 octets)",
          "RTP", r"rtp\.ext\.rfc5285\.(id|len|appbits)", lambda packet, ours, theirs: (
              theirs == ours[:-1] and packet.fields["header_extension"]["elements"][-1]["length"] == 0)),
]


# The comparison

class Packet:
    """One packet: its frame and type, our fields of it, its octets, what tshark shows, and the packets before it."""

    def __init__(self, frame, title, fields, octets, elements, before=()):
        self.frame, self.title, self.fields, self.octets, self.elements = frame, title, fields, octets, elements
        self.before = before
        family = title.partition(" ")[0]
        self.body = BODIES.get(title, BODIES.get(family))
        rules = RULES.get(title, RULES.get(family, [])) + ([] if title == "RTP" else HEADER)
        # Row, fields and rules of the packet, and of each block in it.
        self.parts = [(title, fields, rules)]
        if title == "XR":
            blocks = fields.get("report_blocks", [])
            self.parts = [(title, {name: fields[name] for name in fields if name != "report_blocks"}, rules)] + [
                (f"XR {block['block_name']}", block, BLOCK + BLOCK_RULES.get(block["block_type"], SPECIFIC))
                for block in blocks]


class Comparison:
    def __init__(self):
        self.rows = collections.defaultdict(collections.Counter)
        self.differences = []
        self.known = collections.Counter()

    def differ(self, packet, name, ours, theirs):
        for known in KNOWN:
            if known.covers(packet, name, ours, theirs):
                self.known[known] += 1
                return
        self.rows[packet.title]["differences"] += 1
        self.differences.append(f"frame {packet.frame} {packet.title} {name}: ours {ours}, tshark {theirs}")

    def compare(self, packet):
        self.rows[packet.title]["packets"] += 1
        if not packet.fields or "error" in packet.fields:
            error = [packet.fields["error"]] if packet.fields else []
            return self.differ(packet, "packet", error, [element.get("name") for element in packet.elements])
        for row, *_ in packet.parts[1:]:
            self.rows[row]["packets"] += 1
        theirs = collections.defaultdict(list)
        rules = {rule.name: rule for *_, rules in packet.parts for rule in rules}
        for element in packet.elements:
            name = element.get("name") or ""
            if name in rules:
                theirs[name].append(rules[name].shown(element))
            elif not IGNORED.match(name):
                self.differ(packet, name, [], [element.get("show")])
        if not packet.elements and not packet.body:
            self.differ(packet, "packet", [previous.title for previous in packet.before + [packet]], [])
        shown = [set() for _ in packet.parts]
        for name in theirs:
            ours = [[value for rule in rules if rule.name == name for value in rule.ours(fields)]
                    for *_, fields, rules in packet.parts]
            if sum(ours, []) != theirs[name]:
                self.differ(packet, name, sum(ours, []), theirs[name])
                continue
            for position, (row, _, rules) in enumerate(packet.parts):
                self.rows[row]["compared"] += len(ours[position])
                shown[position].update(path for rule in rules if rule.name == name for path in rule.paths)
        for position, (row, fields, _) in enumerate(packet.parts):
            for path, _ in leaves(fields):
                if path not in shown[position]:
                    by_octets = packet.body and not COMPANION.search(path)
                    self.rows[row]["as octets" if by_octets else "hidden"] += 1
        if packet.body:
            ours = header(packet.fields) + packet.body(packet.fields) + trailer(packet.fields)
            if ours != packet.octets:
                self.differ(packet, "octets", [ours], [packet.octets])

    def report(self, arguments):
        columns = ["packets", "compared", "as octets", "differences", "hidden"]
        titles = {"compared": "fields compared", "hidden": "not shown by tshark"}
        print("  ".join([f"{'type':32}"] + [f"{titles.get(name, name):>11}" for name in columns]))
        for title in sorted(self.rows):
            cells = [f"{self.rows[title][name]:>{max(11, len(titles.get(name, name)))}}" for name in columns]
            print("  ".join([f"{title:32}"] + cells))
        for known, count in self.known.most_common():
            print(f"known of tshark, {count} times: {known.why}")
        for difference in self.differences[:arguments.limit]:
            print(difference[:1000])
        missing = [title for title in REQUIRED if not self.rows[title]["compared"] + self.rows[title]["as octets"]]
        if arguments.every_type and missing:
            print("not compared: " + ", ".join(missing))
        total = sum(row["compared"] + row["as octets"] for row in self.rows.values())
        print(f"{total} fields compared, {len(self.differences)} differences")
        return 1 if self.differences or not total or (arguments.every_type and missing) else 0


def below(proto):
    """All fields below a protocol in order, but what tshark remarks on them."""
    for element in proto:
        if not (element.get("name") or "").startswith("_ws."):
            yield element
            yield from below(element)


def run(arguments):
    """What a program prints; its error ends this one."""
    try:
        process = subprocess.run(arguments, capture_output=True)
    except OSError as error:
        sys.exit(str(error))
    if process.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: exit code {process.returncode}\n{process.stderr.decode(errors='replace')}")
    return process.stdout


def tshark(capture, ports, protocol):
    """By frame number: the UDP payload, and the packets in it as tshark takes them apart."""
    arguments = ["tshark", "-n", "-r", capture, "-T", "pdml"]
    for port in sorted(ports):
        arguments += ["-d", f"udp.port=={port},{protocol}"]
    frames = {}
    for packet in ElementTree.fromstring(run(arguments)).iter("packet"):
        frame = int(packet.find("proto[@name='geninfo']/field[@name='num']").get("show"))
        payload = next((field for field in packet.iter("field") if field.get("name") == "udp.payload"), None)
        frames[frame] = (payload, [proto for proto in packet.findall("proto") if proto.get("name") == protocol])
    return frames


def packets(document, capture):
    """Each packet of ours with what tshark has at its place in the frame; and each of tshark's that we do not have."""
    ports = {kind: {entry["destination"].rpartition(":")[2] for entry in document["packets"] if kind in entry}
             for kind in ("rtp", "rtcp")}
    frames = {kind: tshark(capture, ports[kind], kind) for kind in ports if ports[kind]}
    for entry in document["packets"]:
        for kind in frames.keys() & entry.keys():
            payload, protos = frames[kind][entry["frame"]]
            protos = {int(proto.get("pos")) - int(payload.get("pos")): proto for proto in protos}
            octets, offset, before = payload.get("value"), 0, []
            for packet in entry["rtcp"] if kind == "rtcp" else [{"type": "RTP", "fields": entry["rtp"]}]:
                size = 4 * (packet["fields"]["length"] + 1) if kind == "rtcp" else len(octets) // 2
                elements = list(below(protos.pop(offset, [])))
                before.append(Packet(entry["frame"], packet["type"], packet["fields"],
                                     octets[2 * offset:2 * (offset + size)], elements, before[:]))
                yield before[-1]
                offset += size
            for proto in protos.values():
                yield Packet(entry["frame"], f"no {kind}", {}, "", list(below(proto)), before)
    ours = {entry["frame"] for entry in document["packets"]}
    for kind in frames:
        for frame in sorted(frames[kind].keys() - ours):
            payload, protos = frames[kind][frame]
            for elements in (list(below(proto)) for proto in protos):
                # What was encrypted, as tshark knows, can look like neither RTP nor RTCP.
                if any(element.get("name") == f"{kind}.version" and integer(element) == 2 for element in elements) and (
                        not any(element.get("name").startswith("srtp.") for element in elements)):
                    yield Packet(frame, f"no {kind}", {}, payload.get("value"), elements)


def main():
    parser = argparse.ArgumentParser(description="Compares `srtp inspect` with tshark, field by field.")
    parser.add_argument("--every-type", action="store_true", help="fail where a type of REQUIRED was not compared")
    parser.add_argument("--limit", type=int, default=20, help="how many differences are printed (default: 20)")
    parser.add_argument("srtp")
    parser.add_argument("captures", nargs="+", metavar="capture[@port,...]",
                        help="with ports, every datagram there is RTP or RTCP; without, what belongs to a stream is")
    arguments = parser.parse_args()
    comparison = Comparison()
    for capture in arguments.captures:
        capture, _, named = capture.partition("@")
        options = [f"--port={port}" for port in named.split(",") if port]
        inspection = run([arguments.srtp, "inspect", "--json", "--packets", *options, capture])
        for packet in packets(json.loads(inspection), capture):
            comparison.compare(packet)
    return comparison.report(arguments)


if __name__ == "__main__":
    sys.exit(main())
