"""The file formats of labelled images: IDX, CIFAR's records and pickles, pages in PNG, MATLAB."""
