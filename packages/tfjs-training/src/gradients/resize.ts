/** Gradients of image resizing. */

import * as tf from "@tensorflow/tfjs-core";

interface Attributes {
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

type Resize = typeof tf.image.resizeBilinear;

/**
 * Gradient of `resize`. Every row of a resized image is a weighted sum of rows, and so are its columns:
 * `y = R x C'`, hence `dx = R' dy C`. The weights are computed by applying `resize` itself to the identity, so that
 * they are those of the images to the last digit. tfjs's own gradient ignores `halfPixelCenters`; its cpu kernels
 * read the first images of a batch for all, and swap the sides of images that are not square.
 */
export function resizeGradient(resize: Resize): tf.GradFunc {
  return (dy, [images], attrs) => ({
    images: () => {
      const { alignCorners, halfPixelCenters } = attrs as unknown as Attributes;
      const [batch, height, width, channels] = images.shape;
      const given = dy as tf.Tensor4D;
      const [, newHeight, newWidth] = given.shape;
      if (given.size === 0 || images.size === 0) return tf.zeros(images.shape);
      // [1, from, to]
      const weights = (from: number, to: number) => {
        const identity = tf.reshape(tf.eye(from), [1, from, 1, from]) as tf.Tensor4D;
        const resized = resize(identity, [to, 1], alignCorners, halfPixelCenters);
        return tf.transpose(tf.reshape(resized, [1, to, from]), [0, 2, 1]);
      };
      const rows = tf.matMul(
        weights(height, newHeight),
        tf.reshape(given, [batch, newHeight, newWidth * channels]),
      );
      const columns = tf.matMul(
        weights(width, newWidth),
        tf.reshape(rows, [batch * height, newWidth, channels]),
      );
      return tf.reshape(columns, images.shape);
    },
  });
}
