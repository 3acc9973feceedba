// Photographs made small before they leave the device: drawn anew and encoded as JPEG, so that nothing of what the camera
// wrote into the file (place, time, device) goes along. What this browser cannot open is not sent as it is.

/** The longer side afterwards; a wound and a ruler beside it can be read. */
export const SIDE_PX_MAX = 1_600;
const JPEG_QUALITY = 0.85;

/** The size it is drawn in; never larger than it was. @param {number} width @param {number} height */
export function fitted(width, height) {
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The picture alone, upright as the camera held it.
 * @param {Blob} photo @param {string} name of the new file @returns {Promise<File>} rejects when it cannot be opened
 */
export async function small(photo, name) {
  const picture = await createImageBitmap(photo, { imageOrientation: 'from-image' });
  try {
    const { width, height } = fitted(picture.width, picture.height);
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const paper = canvas.getContext('2d');
    if (!paper) throw new Error('no canvas');
    // What is transparent in a picture would be black in a JPEG.
    paper.fillStyle = '#fff';
    paper.fillRect(0, 0, width, height);
    paper.drawImage(picture, 0, 0, width, height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
    if (!blob) throw new Error('no picture');
    return new File([blob], name, { type: 'image/jpeg' });
  } finally {
    picture.close();
  }
}
