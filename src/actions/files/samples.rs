//! Small files of every type for these tests, as far as their heads go: made here byte by byte, so that their sizes can be
//! chosen. None of them shows anything.

use crate::domain::attachment::MediaType;

pub fn of_each_type() -> Vec<(MediaType, Vec<u8>)> {
    let mut all = images_of(640, 480);
    all.push((MediaType::Pdf, pdf("<< /Type /Catalog >>")));
    all.push((MediaType::PlainText, "お変わりありません\n".into()));
    all.push((MediaType::Csv, "日,体温\n4/1,36.8\n".into()));
    all
}

pub fn images_of(width: u16, height: u16) -> Vec<(MediaType, Vec<u8>)> {
    let mut images = vec![
        (MediaType::Jpeg, jpeg(width, height)),
        (MediaType::Png, png(width.into(), height.into())),
        (MediaType::Heic, heic(width.into(), height.into())),
    ];
    // Other kinds of WebP cannot say 0.
    images.push((MediaType::Webp, webp(*b"VP8 ", width, height)));
    images
}

/// Files that no patient's record needs.
pub fn foreign() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("ELF", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0".to_vec()),
        ("EXE", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec()),
        ("ZIP", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec()),
        ("DOCM", [b"PK\x03\x04\x14\0\x06\0", &b"[Content_Types].xml word/vbaProject.bin"[..]].concat()),
        ("DOC", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".to_vec()),
        ("GZIP", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec()),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0".to_vec()),
        ("DICOM", [&[0; 128][..], b"DICM"].concat()),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
        ("HTML", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
        ("shell script", b"#!/bin/sh\nrm x\n".to_vec()),
        ("RTF", b"{\\rtf1 {\\object}}".to_vec()),
        ("Java", b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec()),
    ]
}

/// A ZIP of one empty file of no name, with this comment behind it.
pub fn zip(comment: &[u8]) -> Vec<u8> {
    let entry = [&b"PK\x01\x02"[..], &[0; 42]].concat();
    let comment_bytes = u16::try_from(comment.len()).unwrap().to_le_bytes();
    let counts = [0, 0, 0, 0, 1, 0, 1, 0, 46, 0, 0, 0, 30, 0, 0, 0];
    [&b"PK\x03\x04"[..], &[0; 26], &entry, b"PK\x05\x06", &counts, &comment_bytes, comment].concat()
}

/// The end of a ZIP whose sizes do not fit into the older record.
pub fn zip64() -> Vec<u8> {
    [&b"PK\x06\x07"[..], &[0; 16], b"PK\x05\x06", &[0, 0, 0, 0], &[0xff; 12], &[0, 0]].concat()
}

pub fn pdf(object: &str) -> Vec<u8> {
    format!("%PDF-1.7\n1 0 obj\n{object}\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n").into_bytes()
}

pub fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xdb\0\x05abc".to_vec();
    bytes.extend(b"\xff\xc2\0\x11\x08");
    bytes.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes.extend(b"\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x06datax\xff\0y\xff\xd9");
    bytes
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    bytes.extend(b"\x08\x06\0\0\0crc.\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

pub fn webp(kind: [u8; 4], width: u16, height: u16) -> Vec<u8> {
    let less_one = |side: u16| u32::from(side).saturating_sub(1);
    let content: Vec<u8> = match &kind {
        b"VP8X" => {
            let side = |side| less_one(side).to_le_bytes()[..3].to_vec();
            [vec![0; 4], side(width), side(height)].concat()
        }
        b"VP8L" => [vec![0x2f], (less_one(width) | less_one(height) << 14).to_le_bytes().to_vec(), vec![0; 5]].concat(),
        _ => [&b"\x10\0\0\x9d\x01\x2a"[..], &width.to_le_bytes(), &height.to_le_bytes()].concat(),
    };
    let chunk = [&kind[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), &content].concat();
    [b"RIFF", &u32::try_from(chunk.len() + 4).unwrap().to_le_bytes()[..], b"WEBP", &chunk].concat()
}

/// As a phone makes it: tiles of 512 pixels, of which the size named second is the whole.
pub fn heic(width: u32, height: u32) -> Vec<u8> {
    let wrap = |kind: &[u8; 4], content: Vec<u8>| {
        [&u32::try_from(content.len() + 8).unwrap().to_be_bytes()[..], kind, &content].concat()
    };
    let size = |width: u32, height: u32| wrap(b"ispe", [[0; 4], width.to_be_bytes(), height.to_be_bytes()].concat());
    let properties = wrap(b"iprp", wrap(b"ipco", [size(512, 512), size(width, height)].concat()));
    let meta = wrap(b"meta", [vec![0; 4], wrap(b"hdlr", vec![0; 12]), properties].concat());
    [wrap(b"ftyp", b"heic\0\0\0\0mif1heic".to_vec()), meta, wrap(b"mdat", vec![7; 64])].concat()
}
