#!/usr/bin/env bash
# Prints the file of a Vulkan driver that computes on the cpu (SwiftShader, of Debian's chromium-common), installing it and the Vulkan
# loader where they are missing and may be installed. Prints nothing where there is none; the reason goes to standard error.
set -uo pipefail
icd=/usr/lib/chromium/vk_swiftshader_icd.json

missing() {
  echo "No software Vulkan driver, the WebGPU tests are skipped: $1" >&2
  exit 0
}

loader() { [ -e /usr/lib/x86_64-linux-gnu/libvulkan.so.1 ] || ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; }

if [ ! -e "$icd" ] || ! loader; then
  [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || missing "the runtime has WebGPU on Linux for x86-64 alone."
  command -v apt-get >/dev/null 2>&1 || missing "there is no apt-get to install chromium-common and libvulkan1 with."
  [ "$(id -u)" = 0 ] || missing "chromium-common and libvulkan1 are not installed, and only root may install them."
  log=$(mktemp)
  install() { DEBIAN_FRONTEND=noninteractive timeout 300 apt-get install -y -qq --no-install-recommends chromium-common libvulkan1 >>"$log" 2>&1; }
  install || { timeout 120 apt-get update -qq >>"$log" 2>&1; install; } || missing "apt-get failed: $(tail -n 1 "$log")"
  rm -f "$log"
fi
[ -e "$icd" ] && loader || missing "$icd or libvulkan.so.1 is not there after the installation."
echo "$icd"
