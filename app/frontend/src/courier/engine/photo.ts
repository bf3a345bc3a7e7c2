const LONGEST_PX = 1600;
const WANTED_BYTES = 280_000;
const QUALITIES = [0.8, 0.65, 0.5, 0.38];

/** A photo as it is kept: at most 1600 px, about 250 kB of JPEG, without what the camera wrote beside it. */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  let smallest = await jpeg(canvas, QUALITIES[0]);
  for (const quality of QUALITIES.slice(1)) {
    if (smallest.size <= WANTED_BYTES) break;
    smallest = await jpeg(canvas, quality);
  }
  return smallest;
}

function jpeg(canvas: HTMLCanvasElement, quality = 0.8): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob(
      (blob) => (blob ? done(blob) : fail(new Error("this phone could not write the photo"))),
      "image/jpeg",
      quality,
    );
  });
}
